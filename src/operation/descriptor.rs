//! A descriptor is an operation as a YAML file: a fact of the API is written there and nowhere else.

use std::sync::Arc;

use crate::text::{Location, Problem, Source};
use crate::yaml::{self, Node, Value};

use super::{Catalogue, Code, Derived, Field, FieldId, Kind, Operation, Schema};

mod call;

/// The descriptors that are built in, one file an operation.
const BUILT_IN: &[(&str, &str)] =
    &[("describe_internet_open_port.yaml", include_str!("describe_internet_open_port.yaml"))];

#[derive(Debug, thiserror::Error, miette::Diagnostic)]
enum Error {
    #[error("the descriptor has no usable `{0}`")]
    #[diagnostic(code("operation/descriptor"), help("see the other descriptors for its shape"))]
    Key(&'static str),
    #[error("`{0}` is no field of the operation")]
    #[diagnostic(code("operation/unknown-field"), help("fields are listed under `fields:`"))]
    Field(String),
}

impl Catalogue {
    /// The operations that are built in.
    ///
    /// # Errors
    /// What is wrong with a descriptor file.
    pub fn built_in() -> Result<Self, Vec<Problem>> {
        let operations = BUILT_IN
            .iter()
            .map(|(name, text)| Operation::parse(&Source::new(*name, *text)).map(Arc::new))
            .collect::<Result<_, _>>()?;
        Ok(Self { operations })
    }
}

impl Operation {
    /// Reads one descriptor.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(source: &Arc<Source>) -> Result<Self, Vec<Problem>> {
        let root = yaml::parse(source)?;
        let whole = Location { source: Arc::clone(source), span: crate::text::Span::default() };
        let missing = || vec![Error::Key("operation").at(&whole)];
        operation(&root.ok_or_else(missing)?).map_err(|problem| vec![problem])
    }
}

impl Error {
    fn at(self, location: &Location) -> Problem {
        Problem::new(&self, crate::text::Place::Text(location.clone()))
    }
}

type Decoded<T> = Result<T, Problem>;

fn operation(root: &Node) -> Decoded<Operation> {
    let schema = schema(root)?;
    let ids = |key: &'static str| -> Decoded<Vec<FieldId>> {
        sequence(root, key)?.iter().map(|node| field_id(&schema, node)).collect()
    };
    let id = |key: &'static str| root.get(key).map(|node| field_id(&schema, node)).transpose();
    Ok(Operation {
        name: text(root, "operation")?,
        provider: text(root, "provider")?,
        product: text(root, "product")?,
        version: text(root, "version")?,
        title: text(root, "title")?,
        noun: noun(root)?,
        limits: text(root, "limits")?,
        documentation: text(root, "documentation")?,
        records: path(&text(root, "records")?),
        total: root.get("total").map(|_| text(root, "total")).transpose()?.as_deref().map(path),
        response: texts(root, "response").iter().map(|dotted| path(dotted)).collect(),
        identity: ids("identity")?,
        compared: compared(root, &schema)?,
        subject: id("subject")?.ok_or_else(|| Error::Key("subject").at(&root.location))?,
        port: id("port")?,
        protocol: id("protocol")?,
        message: text(root, "message")?,
        call: call::call(root, &schema)?,
        schema,
    })
}

/// A record in words, one and several.
fn noun(root: &Node) -> Decoded<[String; 2]> {
    let node = root.get("observed").ok_or_else(|| Error::Key("observed").at(&root.location))?;
    Ok([text(node, "one")?, text(node, "several")?])
}

/// What is compared of two captures: what the API sends, and not what is made of it.
fn compared(root: &Node, schema: &Schema) -> Decoded<Vec<FieldId>> {
    let id = |node: &Node| {
        let id = field_id(schema, node)?;
        let is_sent = schema.field(id).derived.is_none();
        is_sent.then_some(id).ok_or_else(|| Error::Key("compared").at(&node.location))
    };
    sequence(root, "compared")?.iter().map(id).collect()
}

fn path(dotted: &str) -> Vec<String> {
    dotted.split('.').map(str::to_owned).collect()
}

fn schema(root: &Node) -> Decoded<Schema> {
    let mut schema = Schema::default();
    for node in sequence(root, "fields")? {
        schema.fields.push(field(node)?);
    }
    let Some(derived) = root.get("derived") else {
        return Ok(schema);
    };
    for node in derived.as_sequence().unwrap_or_default() {
        let first = node.get("first").ok_or_else(|| Error::Key("first").at(&node.location))?;
        let first = field_id(&schema, first)?;
        let otherwise = sequence(node, "otherwise")?;
        let otherwise =
            otherwise.iter().map(|node| field_id(&schema, node)).collect::<Decoded<_>>()?;
        let derived = Derived { first, otherwise };
        let range = derived_range(&schema, &derived);
        schema.fields.push(Field { derived: Some(derived), range, ..field(node)? });
    }
    Ok(schema)
}

/// The least and the greatest value that a field made from others can have.
fn derived_range(schema: &Schema, derived: &Derived) -> Option<(i64, i64)> {
    let (first_least, first_greatest) = schema.field(derived.first).range?;
    let (least, greatest) = derived.otherwise.iter().try_fold((0_i64, 0_i64), |sum, id| {
        let (least, greatest) = schema.field(*id).range?;
        Some((sum.0.saturating_add(least), sum.1.saturating_add(greatest)))
    })?;
    Some((first_least.min(least), first_greatest.max(greatest)))
}

fn field(node: &Node) -> Decoded<Field> {
    let kind = match text(node, "kind")?.as_str() {
        "integer" => Kind::Integer,
        "decimal" => Kind::Decimal,
        "bytes" => Kind::Bytes,
        "percent" => Kind::Percent,
        "text" => Kind::Text,
        "text list" => Kind::TextList,
        "code" => Kind::Code(codes(node)?),
        "boolean" => Kind::Boolean,
        "time" => Kind::Time,
        "address" => Kind::Address,
        _ => return Err(Error::Key("kind").at(&node.location)),
    };
    Ok(Field {
        name: text(node, "name")?,
        kind,
        about: text(node, "about")?,
        range: range(node)?,
        ignores_case: node.get("ignores_case").is_some(),
        vocabulary: texts(node, "vocabulary"),
        unknown_members: texts(node, "unknown_members"),
        aliases: aliases(node),
        derived: None,
    })
}

fn codes(node: &Node) -> Decoded<Vec<Code>> {
    let order = match node.get("order") {
        Some(_) => integers(node, "order")?,
        None => Vec::new(),
    };
    let code = |entry: &Node| -> Decoded<Code> {
        let value =
            integer(entry.get("value")).ok_or_else(|| Error::Key("value").at(&entry.location))?;
        let rank = order.iter().position(|ranked| *ranked == value);
        Ok(Code {
            value,
            label: text(entry, "label")?,
            rank,
            is_unknown: entry.get("unknown").is_some(),
        })
    };
    sequence(node, "codes")?.iter().map(code).collect()
}

fn range(node: &Node) -> Decoded<Option<(i64, i64)>> {
    if node.get("range").is_none() {
        return Ok(None);
    }
    match integers(node, "range")?.as_slice() {
        [least, greatest] => Ok(Some((*least, *greatest))),
        _ => Err(Error::Key("range").at(&node.location)),
    }
}

fn integers(node: &Node, key: &'static str) -> Decoded<Vec<i64>> {
    let each = |node: &Node| integer(Some(node)).ok_or_else(|| Error::Key(key).at(&node.location));
    sequence(node, key)?.iter().map(each).collect()
}

fn integer(node: Option<&Node>) -> Option<i64> {
    match node?.as_scalar()?.value() {
        Value::Integer(value) => Some(value),
        _ => None,
    }
}

fn text(node: &Node, key: &'static str) -> Decoded<String> {
    let scalar = node.get(key).and_then(Node::as_scalar);
    scalar.map(|scalar| scalar.text().to_owned()).ok_or_else(|| Error::Key(key).at(&node.location))
}

fn texts(node: &Node, key: &'static str) -> Vec<String> {
    let nodes = node.get(key).and_then(Node::as_sequence).unwrap_or_default();
    nodes.iter().filter_map(Node::as_scalar).map(|scalar| scalar.text().to_owned()).collect()
}

/// `aliases: {RDP: [ms-wbt-server]}`
fn aliases(node: &Node) -> Vec<(String, String)> {
    let entries = node.get("aliases").and_then(Node::as_mapping).unwrap_or_default();
    let of_name = |entry: &yaml::Entry| {
        let aliases = entry.value.as_sequence().unwrap_or_default().iter();
        let aliases = aliases.filter_map(Node::as_scalar).map(|scalar| scalar.text().to_owned());
        aliases.map(|alias| (alias, entry.name().to_owned())).collect::<Vec<_>>()
    };
    entries.iter().flat_map(of_name).collect()
}

fn sequence<'a>(node: &'a Node, key: &'static str) -> Decoded<&'a [Node]> {
    node.get(key).and_then(Node::as_sequence).ok_or_else(|| Error::Key(key).at(&node.location))
}

fn field_id(schema: &Schema, node: &Node) -> Decoded<FieldId> {
    let name = node.as_scalar().map_or("", |scalar| scalar.text());
    schema.find(name).ok_or_else(|| Error::Field(name.to_owned()).at(&node.location))
}
