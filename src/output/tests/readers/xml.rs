//! XML, as far as the formats write it.

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

/// Name, attributes, and the text that follows.
pub(super) struct Element {
    pub(super) name: String,
    attributes: Vec<(String, String)>,
    pub(super) body: String,
}

impl Element {
    fn new(tag: &BytesStart<'_>) -> Self {
        let attributes = tag.attributes().map(|attribute| {
            let attribute = attribute.unwrap();
            let value = attribute.normalized_value(XmlVersion::Implicit1_0).unwrap().into_owned();
            (attribute.key.as_ref().to_owned(), value)
        });
        Self {
            name: tag.name().as_ref().to_owned(),
            attributes: attributes.collect(),
            body: String::new(),
        }
    }

    pub(super) fn attribute(&self, name: &str) -> &str {
        self.attributes.iter().find(|(own, _)| own == name).map_or("", |(_, value)| value)
    }
}

/// The elements of some names, each with the text that follows it up to the next element.
pub(super) fn elements(xml: &str, names: &[&str]) -> Vec<Element> {
    let mut reader = Reader::from_str(xml);
    let mut found: Vec<Element> = Vec::new();
    loop {
        let follows = match reader.read_event().unwrap() {
            Event::Eof => break,
            Event::Start(tag) | Event::Empty(tag) => {
                found.push(Element::new(&tag));
                continue;
            }
            Event::Text(text) => (*text).to_owned(),
            Event::GeneralRef(entity) => format!("&{};", &*entity),
            _ => continue,
        };
        if let Some(last) = found.last_mut() {
            last.body.push_str(&follows);
        }
    }
    found.retain(|element| names.contains(&element.name.as_str()));
    found
}
