//! A `Call` says how an operation is asked for: its parameters, how it pages, where it is served, and
//! what its errors mean. A fetch knows nothing of an operation but this.

use crate::text::{Place, Problem, nearest};

use super::FieldId;

/// How an operation is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// What may be asked, beside pages and the time window, in the order of the API's page.
    pub parameters: Vec<Parameter>,
    /// How it pages; `None` where one answer holds everything.
    pub paging: Option<Paging>,
    /// The parameters of the time window, in UNIX seconds; `None` where it takes none.
    pub window: Option<Window>,
    /// Where it is served.
    pub hosts: Hosts,
    /// What its errors mean.
    pub errors: Errors,
    /// The system policy that lets an identity read it.
    pub access: Option<String>,
}

/// One parameter of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Exactly as the API spells it.
    pub name: String,
    /// One line about it.
    pub about: String,
    /// Which values it takes.
    pub takes: Takes,
    /// What it leaves out of the answer.
    pub narrows: Narrows,
}

/// Which values a parameter takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Takes {
    /// Any text.
    Text,
    /// A whole number from the first to the last.
    Integer(i64, i64),
    /// One of these values; each has a label.
    OneOf(Vec<(String, String)>),
}

/// What a parameter leaves out of the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Narrows {
    /// Nothing: every record comes, whatever its value.
    Nothing,
    /// Records whose field has another value, or whose list does not hold the value.
    To(FieldId),
    /// Records whose field does not contain the value in some way that the API does not say.
    Near(FieldId),
    /// The API does not say what.
    Unclear,
}

/// The parameters by which pages are asked for; the first page is 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paging {
    /// Number of the page.
    pub number: String,
    /// Records on a page.
    pub size: String,
    /// The most records on a page, where the API says it.
    pub largest: Option<u32>,
}

/// The parameters of the time window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    /// Its begin.
    pub begin: String,
    /// Its end.
    pub end: String,
}

/// Where an operation is served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hosts {
    /// The sites; accounts belong to one of them.
    pub sites: Vec<Site>,
    /// Serves every region that no site names; belongs to the first site.
    pub otherwise: String,
    /// Every region that is known.
    pub regions: Vec<String>,
}

/// One site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// How it is called.
    pub name: String,
    /// The region by which it is chosen.
    pub region: String,
    /// Its host.
    pub host: String,
    /// The regions that its host serves.
    pub serves: Vec<String>,
}

/// What errors mean, by their code or by words of their message, in any case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Errors {
    /// Faults of the server, worth asking again.
    pub transient: Vec<String>,
    /// A value was refused, maybe that of the page size.
    pub refused: Vec<String>,
    /// The account has no such service at this site.
    pub not_activated: Vec<String>,
}

#[derive(Debug, thiserror::Error, miette::Diagnostic)]
enum Error {
    #[error("there is no parameter `{name}`")]
    #[diagnostic(code("operation/unknown-parameter"), help("{help}"))]
    Unknown { name: String, help: String },
    #[error("`{name}` never is `{value}`")]
    #[diagnostic(code("operation/parameter-value"), help("{help}"))]
    Value { name: String, value: String, help: String },
    #[error("`{0}` is given twice")]
    #[diagnostic(code("operation/parameter-twice"), help("an answer is narrowed by one value"))]
    Twice(String),
}

impl Call {
    /// The parameter of an exact name.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&Parameter> {
        self.parameters.iter().find(|parameter| parameter.name == name)
    }

    /// Everything that is wrong with filters, each a parameter and its value.
    #[must_use]
    pub fn check(&self, filters: &[(String, String)]) -> Vec<Problem> {
        let mut problems = Vec::new();
        for (index, (name, value)) in filters.iter().enumerate() {
            let is_again = filters.iter().take(index).any(|(earlier, _)| earlier == name);
            let error = match self.parameter(name) {
                None => Some(Error::Unknown { name: name.clone(), help: self.instead_of(name) }),
                Some(_) if is_again => Some(Error::Twice(name.clone())),
                Some(parameter) => parameter.takes.refuses(value).map(|help| Error::Value {
                    name: name.clone(),
                    value: value.clone(),
                    help,
                }),
            };
            let place = || Place::Whole("--filter".into());
            problems.extend(error.map(|error| Problem::new(&error, place())));
        }
        problems
    }

    /// What to write in place of a name that is no filter.
    fn instead_of(&self, name: &str) -> String {
        let paging = self.paging.iter().flat_map(|paging| [&paging.number, &paging.size]);
        if paging.clone().any(|own| own == name) {
            return "pages are asked for one by one: see `--page-size`".to_owned();
        }
        let window = self.window.iter().flat_map(|window| [&window.begin, &window.end]);
        if window.clone().any(|own| own == name) {
            return "the time window is `--since` and `--until`".to_owned();
        }
        let names = self.parameters.iter().map(|parameter| parameter.name.as_str());
        match nearest(name, names.clone()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("there are: {}", names.collect::<Vec<_>>().join(", ")),
        }
    }
}

impl Takes {
    /// What is right in place of a value that it does not take.
    fn refuses(&self, value: &str) -> Option<String> {
        match self {
            Self::Text if value.is_empty() => Some("give it a value, or leave it out".to_owned()),
            Self::Text => None,
            Self::Integer(least, greatest) => {
                let digits = value.strip_prefix('-').unwrap_or(value);
                let is_plain = digits.bytes().all(|byte| byte.is_ascii_digit());
                let number = value.parse::<i64>().ok().filter(|_| is_plain);
                let fits = number.is_some_and(|number| (*least..=*greatest).contains(&number));
                (!fits).then(|| format!("it is a number from {least} to {greatest}"))
            }
            Self::OneOf(values) if values.iter().any(|(own, _)| own == value) => None,
            Self::OneOf(values) => {
                let labelled = values.iter().find(|(_, label)| label.eq_ignore_ascii_case(value));
                Some(match labelled {
                    Some((own, label)) => format!("{label} is written `{own}`"),
                    None => {
                        let each = values.iter().map(|(own, label)| format!("{own} ({label})"));
                        format!("it is one of: {}", each.collect::<Vec<_>>().join(", "))
                    }
                })
            }
        }
    }
}

impl Hosts {
    /// The site that serves a region, and its host.
    #[must_use]
    pub fn of(&self, region: Option<&str>) -> (Option<&Site>, &str) {
        let serves = |site: &&Site| {
            region.is_some_and(|region| site.serves.iter().any(|served| served == region))
        };
        match self.sites.iter().find(serves) {
            Some(site) => (Some(site), &site.host),
            None => (self.sites.first(), &self.otherwise),
        }
    }

    /// The region that was meant by a name that is none.
    #[must_use]
    pub fn meant(&self, region: &str) -> Option<&str> {
        let is_known = self.regions.iter().any(|known| known == region);
        if is_known { None } else { nearest(region, self.regions.iter().map(String::as_str)) }
    }
}

impl Errors {
    /// Whether one of the words is in the code or the message.
    #[must_use]
    pub fn says(words: &[String], code: Option<&str>, message: Option<&str>) -> bool {
        let told = [code, message].into_iter().flatten().map(str::to_lowercase);
        told.into_iter().any(|told| words.iter().any(|word| told.contains(&word.to_lowercase())))
    }
}
