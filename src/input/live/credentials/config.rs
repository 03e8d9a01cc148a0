//! The profiles of the aliyun CLI, `~/.aliyun/config.json`.

use serde::Deserialize;

use crate::input::live::world::World;
use crate::text::Problem;

use super::profile::{Profile, Profiles};
use super::{Error, Looked, Wanted, is_true, read};

/// How the file is called.
pub(super) const NAME: &str = "~/.aliyun/config.json";

const DISABLED: &str = "ALIBABA_CLOUD_CLI_PROFILE_DISABLED";

#[derive(Default, Deserialize)]
#[serde(default)]
struct Config {
    current: Option<String>,
    profiles: Option<Vec<Profile>>,
}

/// Looks for the profile that is wanted, or for the current one.
pub(super) fn find(wanted: &Wanted, world: &dyn World) -> Result<Looked, Problem> {
    if is_true(world, DISABLED) {
        return Ok(Looked::missing(format!("`{NAME}`, turned off by `{DISABLED}`")));
    }
    let path = world.home().map(|home| home.join(".aliyun").join("config.json"));
    let Some(path) = path.filter(|path| path.exists()) else {
        return Ok(Looked::missing(format!("`{NAME}`")));
    };
    let broken = |why: String| {
        let help = "run `aliyun configure`, or mend the file".to_owned();
        Error::Broken { source_name: format!("`{NAME}`"), why, help }.of(NAME)
    };
    let text = read(&path).map_err(|error| broken(format!("cannot read it: {}", error.kind())))?;
    let config: Config = serde_json::from_slice(&text).map_err(|error| {
        // What serde says of a value may repeat it.
        let what = if error.is_data() { "is not what stands there usually" } else { "is no JSON" };
        broken(format!("line {}, column {} {what}", error.line(), error.column()))
    })?;
    let profiles = config.profiles.unwrap_or_default();
    let own = Profiles { file: NAME, profiles: &profiles, world };
    let names = profiles.iter().filter_map(|profile| profile.name.clone()).collect();
    let current = config.current.filter(|current| !current.is_empty());
    let name = wanted.name.clone().or_else(|| current.clone());
    let name = name.unwrap_or_else(|| "default".to_owned());
    match own.get(&name) {
        Some(profile) if wanted.name.is_none() && profile.is_blank() => {
            Ok(Looked::missing(format!("`{NAME}`, whose profile `{name}` has no keys")))
        }
        Some(profile) => own.found(profile).map(Looked::Found),
        None if wanted.name.is_none() && current.is_some() => {
            Err(broken(format!("its current profile `{name}` is not among its profiles")))
        }
        None => Ok(Looked::Missing { what: format!("profile `{name}` of `{NAME}`"), names }),
    }
}
