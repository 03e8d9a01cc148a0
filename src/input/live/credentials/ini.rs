//! The credentials file of the SDKs: sections of `key = value` lines.

use std::path::{Path, PathBuf};

use crate::input::live::secret::Secret;
use crate::input::live::world::World;
use crate::text::Problem;

use super::profile::{Profile, Profiles};
use super::{Error, Looked, Wanted, read};

/// Names another file.
const FILE: &str = "ALIBABA_CLOUD_CREDENTIALS_FILE";

/// The files that are looked for without it; the SDKs do not agree on the name.
const DEFAULTS: [&str; 2] = ["credentials.ini", "credentials"];

/// Looks for the section that is wanted, or for `default`.
pub(super) fn find(wanted: &Wanted, world: &dyn World) -> Result<Looked, Problem> {
    let name = wanted.name.as_deref().unwrap_or("default");
    let mut missing = Vec::new();
    let mut names = Vec::new();
    for (path, file) in files(world) {
        if !path.exists() && world.variable(FILE).is_none() {
            missing.push(format!("`{file}`"));
            continue;
        }
        let profiles = profiles(&path, &file)?;
        let own = Profiles { file: &file, profiles: &profiles, world };
        match own.get(name) {
            Some(profile) => return own.found(profile).map(Looked::Found),
            None => missing.push(format!("profile `{name}` of `{file}`")),
        }
        names.extend(profiles.iter().filter_map(|profile| profile.name.clone()));
    }
    Ok(Looked::Missing { what: missing.join(", "), names })
}

/// The files to look into, and how they are called.
fn files(world: &dyn World) -> Vec<(PathBuf, String)> {
    if let Some(file) = world.variable(FILE) {
        return vec![(PathBuf::from(&file), file)];
    }
    let Some(home) = world.home() else { return Vec::new() };
    let folder = home.join(".alibabacloud");
    DEFAULTS.map(|name| (folder.join(name), format!("~/.alibabacloud/{name}"))).into()
}

fn profiles(path: &Path, file: &str) -> Result<Vec<Profile>, Problem> {
    let broken = |why: String| {
        let help = "it holds sections such as `[default]`, and lines such as `type = access_key`";
        Error::Broken { source_name: format!("`{file}`"), why, help: help.to_owned() }.of(file)
    };
    let text = read(path).map_err(|error| broken(format!("cannot read it: {}", error.kind())))?;
    let text = std::str::from_utf8(&text).map_err(|_| broken("it is not UTF-8".to_owned()))?;
    parse(text)
        .map_err(|line| broken(format!("line {line} is neither a section nor `key = value`")))
}

/// The sections of a text; a line that is none of what may stand there by its number.
fn parse(text: &str) -> Result<Vec<Profile>, usize> {
    let mut profiles: Vec<Profile> = Vec::new();
    for (index, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with(['#', ';']) {
            continue;
        }
        if let Some(section) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            let name = Some(section.trim().to_owned());
            profiles.push(Profile { name, ..Profile::default() });
            continue;
        }
        let (key, value) = line.split_once(['=', ':']).ok_or(index + 1)?;
        let profile = profiles.last_mut().ok_or(index + 1)?;
        set(profile, key.trim(), value.trim());
    }
    Ok(profiles)
}

fn set(profile: &mut Profile, key: &str, value: &str) {
    let text = || Some(value.to_owned());
    match key.to_ascii_lowercase().as_str() {
        "type" => profile.mode = text(),
        "access_key_id" => profile.access_key_id = text(),
        "access_key_secret" => profile.access_key_secret = text().map(Secret::new),
        "security_token" | "sts_token" => profile.sts_token = text().map(Secret::new),
        "role_arn" | "ram_role_arn" => profile.ram_role_arn = text(),
        "role_session_name" => profile.role_session_name = text(),
        "role_name" | "ram_role_name" => profile.ram_role_name = text(),
        "oidc_provider_arn" => profile.oidc_provider_arn = text(),
        "oidc_token_file_path" | "oidc_token_file" => profile.oidc_token_file = text(),
        "credentials_uri" => profile.credentials_uri = text(),
        "policy" => profile.policy = text(),
        "external_id" => profile.external_id = text(),
        "session_expiration" => profile.expired_seconds = value.parse().ok(),
        "region_id" => profile.region_id = text(),
        // What else stands there is for other tools.
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_and_lines_are_read_as_the_official_tools_read_them() {
        let text = "\u{feff}# a note\r\n[default]\r\nType = access_key\r\naccess_key_id=AK1\r\n\
                    access_key_secret = a=b;c#d\n; more\n\n[ ci ]\nrole_arn: acs:ram::1:role/x\n\
                    enable = true\n";
        let profiles = parse(text).unwrap();
        let [default, ci] = profiles.as_slice() else { panic!("{profiles:?}") };
        assert_eq!(default.name.as_deref(), Some("default"));
        assert_eq!(default.mode.as_deref(), Some("access_key"));
        assert_eq!(default.access_key_id.as_deref(), Some("AK1"));
        assert_eq!(default.access_key_secret.as_ref().unwrap().reveal(), "a=b;c#d");
        assert_eq!(ci.name.as_deref(), Some("ci"));
        assert_eq!(ci.ram_role_arn.as_deref(), Some("acs:ram::1:role/x"));
    }

    #[test]
    fn what_is_no_line_of_such_a_file_is_told_by_its_number_alone() {
        for (text, line) in [("key = value", 1), ("[a]\nsecret", 2), ("\n\n[a", 3)] {
            assert_eq!(parse(text).map(|profiles| profiles.len()), Err(line), "{text:?}");
        }
    }
}
