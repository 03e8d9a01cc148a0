//! A `Schema` says what one record of an operation holds: its fields, their kinds, and which values
//! the API itself calls unknown.

/// Index of a field in its schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FieldId(pub u16);

impl FieldId {
    /// As an index.
    #[must_use]
    pub fn index(self) -> usize {
        usize::from(self.0)
    }
}

/// What a field's value is, however the API encodes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A whole number in 64 bits.
    Integer,
    /// A finite number.
    Decimal,
    /// A whole number of bytes; takes units from `KB` to `TiB`.
    Bytes,
    /// A number of hundredths; takes `%`.
    Percent,
    /// A text.
    Text,
    /// A list of texts; a plain text is a list of one.
    TextList,
    /// One of a list of enumerated integers.
    Code(Vec<Code>),
    /// True or false.
    Boolean,
    /// An instant: RFC 3339, or UNIX seconds.
    Time,
    /// An IP address.
    Address,
}

impl Kind {
    /// As shown in lists and errors.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Integer => "integer",
            Self::Decimal => "decimal",
            Self::Bytes => "bytes",
            Self::Percent => "percent",
            Self::Text => "text",
            Self::TextList => "text list",
            Self::Code(_) => "code",
            Self::Boolean => "boolean",
            Self::Time => "time",
            Self::Address => "address",
        }
    }

    /// Whether arithmetic and number comparisons take it.
    #[must_use]
    pub fn is_numeric(&self) -> bool {
        matches!(self, Self::Integer | Self::Decimal | Self::Bytes | Self::Percent)
    }

    /// The codes of an enumerated kind; none for any other.
    #[must_use]
    pub fn codes(&self) -> &[Code] {
        match self {
            Self::Code(codes) => codes,
            _ => &[],
        }
    }

    /// The declared code of a value.
    #[must_use]
    pub fn code(&self, value: i64) -> Option<&Code> {
        self.codes().iter().find(|code| code.value == value)
    }
}

/// One value of an enumerated field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    /// As the API sends it.
    pub value: i64,
    /// As policies may write it.
    pub label: String,
    /// Place in the order, from 0; `None` where the schema does not order it.
    pub rank: Option<usize>,
    /// Whether the API says by it that it does not know.
    pub is_unknown: bool,
}

/// One field of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Exactly as the API spells it, or a derived field's own name.
    pub name: String,
    /// What its value is.
    pub kind: Kind,
    /// One line about it.
    pub about: String,
    /// Least and greatest value, where the API bounds it; a value beyond is malformed.
    pub range: Option<(i64, i64)>,
    /// Whether its texts are names, which ignore case.
    pub ignores_case: bool,
    /// Names that are known to occur.
    pub vocabulary: Vec<String>,
    /// Members of a list that stand for "not identified".
    pub unknown_members: Vec<String>,
    /// Names of other catalogues in lower case, each with the one that is known here: for help alone.
    pub aliases: Vec<(String, String)>,
    /// How it is made from other fields, where the API does not send it.
    pub derived: Option<Derived>,
}

impl Field {
    /// A text of this field the way it is compared: lower case where its names ignore case.
    #[must_use]
    pub fn compared(&self, text: &str) -> String {
        if self.ignores_case { super::fold(text) } else { text.to_owned() }
    }

    /// Whether its texts are names, of which some are known.
    #[must_use]
    pub fn has_names(&self) -> bool {
        !self.vocabulary.is_empty()
    }

    /// Returns whether the schema lists a name, by the way in which names are compared.
    #[must_use]
    pub fn knows(&self, name: &str) -> bool {
        let name = self.compared(name);
        let mut known = self.vocabulary.iter().chain(&self.unknown_members);
        known.any(|known| self.compared(known) == name)
    }

    /// A name as it is compared, the way the schema spells it.
    #[must_use]
    pub fn spelled(&self, name: &str) -> String {
        let mut known = self.vocabulary.iter().chain(&self.unknown_members);
        known.find(|known| self.compared(known) == name).map_or(name, String::as_str).to_owned()
    }
}

/// A field that is computed: the first one where it is there, else the sum of others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Derived {
    /// Taken where it is present; malformed, it makes the derived field unknown.
    pub first: FieldId,
    /// Summed where `first` is absent or null.
    pub otherwise: Vec<FieldId>,
}

/// The fields of one record, in the order of the API's page, derived fields last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Schema {
    /// Indexed by [`FieldId`].
    pub fields: Vec<Field>,
}

impl Schema {
    /// The field of an id, which must come from this schema.
    #[must_use]
    #[expect(
        clippy::indexing_slicing,
        reason = "ids are made by `find` and `ids` of the same schema"
    )]
    pub fn field(&self, id: FieldId) -> &Field {
        &self.fields[id.index()]
    }

    /// The field of an exact name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<FieldId> {
        self.ids().find(|id| self.field(*id).name == name)
    }

    /// The field that sums bytes: what went both ways together.
    #[must_use]
    pub fn volume(&self) -> Option<FieldId> {
        let is_sum = |derived: &Derived| !derived.otherwise.is_empty();
        self.ids().find(|id| {
            let field = self.field(*id);
            field.kind == Kind::Bytes && field.derived.as_ref().is_some_and(is_sum)
        })
    }

    /// Every id, in order.
    pub fn ids(&self) -> impl Iterator<Item = FieldId> + use<> {
        (0..self.fields.len()).filter_map(|index| u16::try_from(index).ok()).map(FieldId)
    }

    /// Every name, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.fields.iter().map(|field| field.name.as_str())
    }
}
