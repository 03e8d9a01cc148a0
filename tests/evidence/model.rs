//! A model of captures: rows on pages in files, what may go wrong with them, and what must come out by
//! the contract, worked out from the rows and not from their text.

use std::collections::BTreeSet;

use crate::random::Random;

/// One row; two are the same where all of it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Row {
    /// Without it the row has no identity.
    pub port: Option<u16>,
    pub protocol: &'static str,
    pub services: &'static [&'static str],
    pub risk: i64,
    pub bytes: u64,
}

/// What a page says of the number of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Says {
    Total(u64),
    Nothing,
    Nonsense,
}

/// One answer.
#[derive(Clone, Debug)]
pub struct Page {
    /// `None` where it names no number.
    pub number: Option<u64>,
    pub says: Says,
    /// `None` where there is no list.
    pub rows: Option<Vec<Row>>,
    /// Whether an element of the list is no object.
    pub has_scalar: bool,
    pub is_error: bool,
}

/// How a file holds its pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    Raw,
    Sdk,
    Array,
    Stream,
    BareArray,
    BareStream,
}

/// What makes a file no evidence at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Broken {
    Truncated,
    Garbage,
    Utf8,
    DuplicateKey,
    ListType,
    Blank,
    Nan,
    Deep,
}

/// One file.
#[derive(Clone, Debug)]
pub struct File {
    pub shape: Shape,
    pub pages: Vec<Page>,
    pub broken: Option<Broken>,
}

/// What a run is told to accept.
#[derive(Clone, Copy, Debug)]
pub struct Flags {
    pub assume_complete: bool,
    pub allow_partial: bool,
    pub inconclusive: &'static str,
    pub fail_on: &'static str,
}

/// What must come out of one snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whole {
    pub complete: Option<bool>,
    pub records: u64,
    pub expected: Option<u64>,
}

/// What must come out of one policy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub judged: u64,
    pub failed: u64,
    pub inconclusive: u64,
}

/// What must come out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    pub exit: i32,
    pub snapshots: Vec<Whole>,
    pub policies: [Counts; 2],
}

/// The policies that the model knows, in order.
pub const POLICIES: &str =
    "policies:\n  - deny RDP if RiskLevel 3\n  - alert SSH if RiskLevel >= medium\n";

const SERVICES: [&[&str]; 6] =
    [&["HTTP"], &["RDP"], &["SSH", "HTTP"], &["RDP", "SSH"], &["Unknown"], &[]];

impl Row {
    fn any(random: &mut Random, port: u16) -> Self {
        Self {
            port: (!random.once_in(60)).then_some(port),
            protocol: random.pick(&["tcp", "udp"]),
            services: random.pick(&SERVICES),
            risk: random.pick(&[1, 1, 1, 1, 2, 2, 3, -1, 0]),
            bytes: random.below(1000) as u64,
        }
    }

    fn identity(&self) -> Option<(u16, &'static str)> {
        Some((self.port?, self.protocol))
    }

    /// What a policy makes of it: true, false or not known.
    fn outcome(&self, service: &str, risks: &[i64]) -> Option<bool> {
        let has = match self.services {
            names if names.contains(&service) => Some(true),
            names if names.contains(&"Unknown") => None,
            _ => Some(false),
        };
        let risk = (self.risk > 0).then(|| risks.contains(&self.risk));
        match (has, risk) {
            (Some(false), _) | (_, Some(false)) => Some(false),
            (Some(true), Some(true)) => Some(true),
            _ => None,
        }
    }
}

/// A whole capture of random rows, split at random into pages and files.
pub fn capture(random: &mut Random) -> Vec<File> {
    let count = random.below(9);
    let mut rows: Vec<Row> = (0..count).map(|port| Row::any(random, 20 + port as u16)).collect();
    let calm = random.once_in(2);
    for row in &mut rows {
        if calm {
            row.services = &["HTTP"];
        }
    }
    let says = Says::Total(rows.len() as u64);
    let page =
        |rows| Page { number: None, says, rows: Some(rows), has_scalar: false, is_error: false };
    let mut pages = Vec::new();
    while !rows.is_empty() || pages.is_empty() {
        let rest = rows.split_off(random.below(rows.len() + 1).max(1).min(rows.len()));
        pages.push(page(std::mem::replace(&mut rows, rest)));
        if random.once_in(6) {
            pages.push(page(Vec::new()));
        }
    }
    if !random.once_in(4) {
        pages.iter_mut().zip(1..).for_each(|(page, number)| page.number = Some(number));
    }
    let mut files = Vec::new();
    while !pages.is_empty() {
        let several = random.once_in(3);
        let count = if several { 1 + random.below(pages.len()) } else { 1 };
        let rest = pages.split_off(count);
        let shape = if several { [Shape::Array, Shape::Stream] } else { [Shape::Raw, Shape::Sdk] };
        let shape = random.pick(&shape);
        files.push(File { shape, pages: std::mem::replace(&mut pages, rest), broken: None });
    }
    files
}

/// Does something to files that evidence suffers; says what.
pub fn harm(files: &mut Vec<File>, random: &mut Random) -> &'static str {
    let file = random.below(files.len());
    let page = random.below(files[file].pages.len());
    let rows = files[file].pages[page].rows.as_ref().map_or(0, Vec::len);
    let kind = random.below(17);
    let is_bare = matches!(files[file].shape, Shape::BareArray | Shape::BareStream);
    match kind {
        0 | 7..=12 | 15 if is_bare => "nothing, for there is no answer around the rows",
        0 if rows > 0 => {
            let at = random.below(rows);
            files[file].pages[page].rows.as_mut().unwrap().remove(at);
            "a row is gone"
        }
        1 if files.len() > 1 => {
            files.remove(file);
            "a file is gone"
        }
        2 => {
            let copy = files[file].clone();
            files.push(copy);
            "a file came twice"
        }
        3 | 4 if rows > 0 => {
            let rows = files[file].pages[page].rows.as_mut().unwrap();
            let mut changed = random.pick(rows);
            changed.risk = random.pick(&[1, 2, 3, -1]);
            rows.push(changed);
            "a row came again, perhaps with other content"
        }
        5 | 6 => {
            let error = Page {
                number: Some(1),
                says: Says::Nothing,
                rows: None,
                has_scalar: false,
                is_error: true,
            };
            files.push(File {
                shape: random.pick(&[Shape::Raw, Shape::Sdk]),
                pages: vec![error],
                broken: None,
            });
            "an error was saved"
        }
        7 => {
            files[file].pages[page].is_error = true;
            "a list with an error beside it"
        }
        8 => {
            files[file].pages[page].says = Says::Total(random.below(9) as u64);
            "another total"
        }
        9 => {
            files[file].pages[page].says = random.pick(&[Says::Nothing, Says::Nonsense]);
            "no total"
        }
        10 => {
            files[file].pages[page].rows = None;
            files[file].pages[page].has_scalar = false;
            "no list"
        }
        11 if rows > 0 => {
            files[file].pages[page].has_scalar = true;
            "an element that is no object"
        }
        12 => bare(&mut files[file], random),
        13 => {
            files[file].broken = Some(random.pick(&[
                Broken::Truncated,
                Broken::Garbage,
                Broken::Utf8,
                Broken::DuplicateKey,
                Broken::ListType,
                Broken::Blank,
                Broken::Nan,
                Broken::Deep,
            ]));
            "a file is broken"
        }
        14 => {
            random.shuffle(files);
            "files in another order"
        }
        15 => {
            files[file].pages[page].number = random.pick(&[None, Some(1), Some(2)]);
            "another page number"
        }
        _ => {
            files.swap(0, file);
            "a file before the others"
        }
    }
}

/// Takes the answers around the rows away.
fn bare(file: &mut File, random: &mut Random) -> &'static str {
    let lists: Option<Vec<Vec<Row>>> = file.pages.iter().map(|page| page.rows.clone()).collect();
    let rows: Vec<Row> = lists.unwrap_or_default().concat();
    if rows.is_empty() {
        return "nothing";
    }
    file.shape = random.pick(&[Shape::BareArray, Shape::BareStream]);
    file.pages = vec![Page {
        number: None,
        says: Says::Nothing,
        rows: Some(rows),
        has_scalar: false,
        is_error: false,
    }];
    "rows without answers"
}

impl File {
    fn pages_of_data(&self) -> impl Iterator<Item = &Page> {
        self.pages.iter().filter(|page| !page.is_error)
    }

    fn totals(&self) -> Vec<u64> {
        let total = |page: &Page| match page.says {
            Says::Total(total) => Some(total),
            Says::Nothing | Says::Nonsense => None,
        };
        self.pages_of_data().filter_map(total).collect()
    }

    fn stands_alone(&self) -> bool {
        let says_all = self.pages_of_data().all(|page| matches!(page.says, Says::Total(_)));
        let greatest = self.totals().into_iter().max();
        says_all && greatest.is_some_and(|total| Rows::of(&[self]).distinct() >= total)
    }
}

/// The rows of some files.
struct Rows {
    identities: BTreeSet<(u16, &'static str)>,
    contents: BTreeSet<Row>,
    anonymous: BTreeSet<Row>,
}

impl Rows {
    fn of(files: &[&File]) -> Self {
        let pages = files.iter().flat_map(|file| &file.pages);
        let rows: Vec<&Row> = pages.flat_map(|page| page.rows.iter().flatten()).collect();
        let (named, anonymous): (Vec<&Row>, Vec<&Row>) =
            rows.into_iter().partition(|row| row.port.is_some());
        Self {
            identities: named.iter().filter_map(|row| row.identity()).collect(),
            contents: named.into_iter().cloned().collect(),
            anonymous: anonymous.into_iter().cloned().collect(),
        }
    }

    fn distinct(&self) -> u64 {
        (self.identities.len() + self.anonymous.len()) as u64
    }

    fn judged(&self) -> impl Iterator<Item = &Row> {
        self.contents.iter().chain(&self.anonymous)
    }
}

/// What must come out of files that lie in one folder.
pub fn expected(files: &[File], flags: Flags) -> Option<Expected> {
    if files.iter().any(|file| file.broken.is_some()) {
        return None;
    }
    let mut groups: Vec<Vec<&File>> = Vec::new();
    let mut open = None;
    for file in files {
        match open {
            _ if file.stands_alone() => groups.push(vec![file]),
            Some(index) => {
                let group: &mut Vec<&File> = &mut groups[index];
                group.push(file);
            }
            None => {
                open = Some(groups.len());
                groups.push(vec![file]);
            }
        }
    }
    let mut policies = [Counts::default(); 2];
    for group in &groups {
        for row in Rows::of(group).judged() {
            count(&mut policies[0], row.outcome("RDP", &[3]));
            count(&mut policies[1], row.outcome("SSH", &[2, 3]));
        }
    }
    let wholes: Vec<(Whole, Sufficient)> = groups.iter().map(|group| whole(group)).collect();
    let is_sufficient = wholes.iter().all(|(_, sufficient)| match sufficient {
        Sufficient::Always => true,
        Sufficient::Assumed => flags.assume_complete,
        Sufficient::Allowed => flags.allow_partial,
        Sufficient::Never => false,
    });
    let exit = exit(&policies, is_sufficient, flags);
    let snapshots = wholes.into_iter().map(|(whole, _)| whole).collect();
    Some(Expected { exit, snapshots, policies })
}

fn exit(policies: &[Counts; 2], is_sufficient: bool, flags: Flags) -> i32 {
    let decides = match flags.fail_on {
        "never" => &policies[..0],
        "deny" => &policies[..1],
        _ => &policies[..],
    };
    let is_inconclusive = decides.iter().any(|counts| counts.inconclusive > 0);
    match () {
        () if decides.iter().any(|counts| counts.failed > 0) => 1,
        () if !is_sufficient || (is_inconclusive && flags.inconclusive == "fail") => 3,
        () => 0,
    }
}

fn count(counts: &mut Counts, outcome: Option<bool>) {
    counts.judged += 1;
    counts.failed += u64::from(outcome == Some(true));
    counts.inconclusive += u64::from(outcome.is_none());
}

/// What makes a snapshot good enough.
enum Sufficient {
    Always,
    Assumed,
    Allowed,
    Never,
}

fn whole(group: &[&File]) -> (Whole, Sufficient) {
    let rows = Rows::of(group);
    let pages: Vec<&Page> = group.iter().flat_map(|file| &file.pages).collect();
    let totals: Vec<u64> = group.iter().flat_map(|file| file.totals()).collect();
    let has_error = pages.iter().any(|page| page.is_error);
    let has_list = pages.iter().any(|page| page.rows.is_some());
    let is_partial = pages.iter().any(|page| page.rows.is_none() || page.has_scalar)
        || totals.iter().any(|total| rows.distinct() < *total)
            && !totals.iter().any(|total| rows.distinct() >= *total);
    let says_all = pages.iter().all(|page| matches!(page.says, Says::Total(_)));
    let is_agreed = totals.iter().all(|total| *total == rows.distinct());
    let is_stable = rows.contents.len() == rows.identities.len();
    let is_named = rows.anonymous.is_empty();
    let has_one_list_a_number = pages.iter().filter(|page| !page.is_error).all(|page| {
        pages
            .iter()
            .filter(|other| !other.is_error && page.number.is_some())
            .all(|other| other.number != page.number || other.rows == page.rows)
    });
    let (complete, sufficient) = match () {
        () if has_error || !has_list => (Some(false), Sufficient::Never),
        () if is_partial => (Some(false), Sufficient::Allowed),
        () if says_all && is_agreed && is_stable && is_named && has_one_list_a_number => {
            (Some(true), Sufficient::Always)
        }
        () => (None, Sufficient::Assumed),
    };
    (Whole { complete, records: rows.distinct(), expected: totals.last().copied() }, sufficient)
}
