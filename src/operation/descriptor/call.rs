//! Reads how an operation is asked for.

use crate::operation::call::{Errors, Hosts, Narrows, Paging, Parameter, Site, Takes, Window};
use crate::operation::{Call, Schema};
use crate::yaml::Node;

use super::{Decoded, Error, field_id, integer, integers, sequence, text, texts};

pub(super) fn call(root: &Node, schema: &Schema) -> Decoded<Option<Call>> {
    let Some(node) = root.get("call") else { return Ok(None) };
    let each = |node: &Node| parameter(node, schema);
    Ok(Some(Call {
        parameters: sequence(node, "parameters")?.iter().map(each).collect::<Decoded<_>>()?,
        paging: node.get("paging").map(paging).transpose()?,
        window: node.get("window").map(window).transpose()?,
        hosts: hosts(node.get("hosts").ok_or_else(|| Error::Key("hosts").at(&node.location))?)?,
        errors: node.get("errors").map(errors).unwrap_or_default(),
        access: node.get("access").map(|_| text(node, "access")).transpose()?,
    }))
}

fn parameter(node: &Node, schema: &Schema) -> Decoded<Parameter> {
    let takes = match (node.get("values"), node.get("range")) {
        (Some(values), _) => Takes::OneOf(
            values
                .as_sequence()
                .unwrap_or_default()
                .iter()
                .map(|value| Ok((text(value, "value")?, text(value, "label")?)))
                .collect::<Decoded<_>>()?,
        ),
        (None, Some(_)) => match integers(node, "range")?.as_slice() {
            [least, greatest] => Takes::Integer(*least, *greatest),
            _ => return Err(Error::Key("range").at(&node.location)),
        },
        (None, None) => Takes::Text,
    };
    let field = |key: &str| node.get(key).map(|name| field_id(schema, name)).transpose();
    let narrows = match (field("narrows_to")?, field("narrows_near")?) {
        (Some(field), _) => Narrows::To(field),
        (None, Some(field)) => Narrows::Near(field),
        (None, None) if node.get("narrows_nothing").is_some() => Narrows::Nothing,
        (None, None) => Narrows::Unclear,
    };
    Ok(Parameter { name: text(node, "name")?, about: text(node, "about")?, takes, narrows })
}

fn paging(node: &Node) -> Decoded<Paging> {
    let largest = integer(node.get("largest")).and_then(|largest| u32::try_from(largest).ok());
    Ok(Paging { number: text(node, "number")?, size: text(node, "size")?, largest })
}

fn window(node: &Node) -> Decoded<Window> {
    Ok(Window { begin: text(node, "begin")?, end: text(node, "end")? })
}

fn hosts(node: &Node) -> Decoded<Hosts> {
    let site = |site: &Node| {
        Ok(Site {
            name: text(site, "site")?,
            region: text(site, "region")?,
            host: text(site, "host")?,
            serves: texts(site, "serves"),
        })
    };
    Ok(Hosts {
        sites: sequence(node, "sites")?.iter().map(site).collect::<Decoded<_>>()?,
        otherwise: text(node, "otherwise")?,
        regions: texts(node, "regions"),
    })
}

fn errors(node: &Node) -> Errors {
    Errors {
        transient: texts(node, "transient"),
        refused: texts(node, "refused"),
        not_activated: texts(node, "not_activated"),
    }
}
