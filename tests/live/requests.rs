//! What is asked: filters, the window, regions, and requests that make no sense.

use std::sync::Arc;

use portcullis::input::live::{Client, Manners, Request};
use portcullis::operation::Catalogue;
use portcullis::text::Problem;

use crate::server::{Reply, Server, page};
use crate::world::Own;
use crate::{KEY_ID, SECRET, VARIABLES, request, serving};

fn client(variables: &[(&str, &str)]) -> Client {
    let all: Vec<(&str, &str)> = VARIABLES.into_iter().chain(variables.iter().copied()).collect();
    Client::new(Manners::default(), Arc::new(Own::new(&all))).unwrap()
}

fn refused(request: &Request) -> Problem {
    client(&[]).fetch(request, &()).map(|_| "a capture").unwrap_err()
}

fn own(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn filters_and_the_window_are_sent_as_the_api_spells_them() {
    let server = serving(|asked| page(asked, 3));
    let mut request = request(&server);
    request.filters =
        own(&[("ServiceNameFuzzy", "a b+c%2F*~'()!@:$,;/?#[]=&中文"), ("Port", "443")]);
    let instant = |text: &str| text.parse().unwrap();
    request.window = Some((instant("2024-12-27T02:00:00Z"), instant("2025-05-27T15:10:44Z")));
    let capture = client(&[]).fetch(&request, &()).unwrap();
    let sent = server.asked()[0].query.clone();
    let sent: Vec<(&str, &str)> =
        sent.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(
        sent,
        [
            ("CurrentPage", "1"),
            ("EndTime", "1748358644"),
            ("PageSize", "50"),
            ("Port", "443"),
            ("ServiceNameFuzzy", "a b+c%2F*~'()!@:$,;/?#[]=&中文"),
            ("StartTime", "1735264800"),
        ]
    );
    assert_eq!(capture.origin.filters[0].0, "Port", "in the order of their names");
    assert_eq!(capture.origin.window, request.window);
}

#[test]
fn a_filter_that_is_none_is_refused_before_anything_is_asked() {
    let catalogue = Catalogue::built_in().unwrap();
    let call = catalogue.only().unwrap().call.clone().unwrap();
    for (name, value, code, help) in [
        ("RiskLevl", "3", "operation/unknown-parameter", "did you mean `RiskLevel`?"),
        ("Colour", "3", "operation/unknown-parameter", "there are: SourceIp, Lang"),
        ("CurrentPage", "3", "operation/unknown-parameter", "--page-size"),
        ("StartTime", "3", "operation/unknown-parameter", "--since"),
        ("RiskLevel", "5", "operation/parameter-value", "1 (low), 2 (medium)"),
        ("RiskLevel", "high", "operation/parameter-value", "high is written `3`"),
        ("RiskLevel", "", "operation/parameter-value", "it is one of"),
        ("Port", "65536", "operation/parameter-value", "from 0 to 65535"),
        ("Port", "+80", "operation/parameter-value", "from 0 to 65535"),
        ("ServiceName", "", "operation/parameter-value", "leave it out"),
    ] {
        let problems = call.check(&own(&[(name, value)]));
        let [problem] = problems.as_slice() else { panic!("{name}={value}: {problems:?}") };
        assert_eq!(problem.code, code, "{name}={value}");
        assert!(problem.help.as_ref().unwrap().contains(help), "{problem:?}");
    }
    let fine = own(&[("RiskLevel", "-1"), ("SuggestLevel", "0"), ("Port", "0"), ("Lang", "zh")]);
    assert!(call.check(&fine).is_empty());
    let twice = own(&[("Port", "1"), ("Port", "2"), ("Prot", "1")]);
    let codes: Vec<String> = call.check(&twice).into_iter().map(|problem| problem.code).collect();
    assert_eq!(codes, ["operation/parameter-twice", "operation/unknown-parameter"]);
    let server = serving(|asked| page(asked, 3));
    let mut request = request(&server);
    request.filters = own(&[("RiskLevel", "9")]);
    assert_eq!(refused(&request).code, "operation/parameter-value");
    assert!(server.asked().is_empty());
}

#[test]
fn a_request_that_makes_no_sense_is_refused_before_anything_is_asked() {
    let server = serving(|asked| page(asked, 3));
    let with = |change: fn(&mut Request)| {
        let mut request = request(&server);
        change(&mut request);
        refused(&request).code
    };
    assert_eq!(with(|request| request.page_size = 0), "live/page-size");
    assert_eq!(with(|request| request.page_size = 1001), "live/page-size");
    assert_eq!(with(|request| request.region = Some("cn-hangzou".to_owned())), "live/region");
    assert_eq!(
        with(|request| request.endpoint = Some("http://10.1.2.3".to_owned())),
        "live/plain-http"
    );
    assert_eq!(with(|request| request.endpoint = Some("https://a/b".to_owned())), "live/endpoint");
    assert!(server.asked().is_empty());
}

#[test]
fn regions_lead_to_the_two_sites() {
    let catalogue = Catalogue::built_in().unwrap();
    let hosts = catalogue.only().unwrap().call.clone().unwrap().hosts;
    for (region, host, site) in [
        (None, "cloudfw.aliyuncs.com", "mainland China"),
        (Some("cn-hangzhou"), "cloudfw.cn-hangzhou.aliyuncs.com", "mainland China"),
        (Some("cn-beijing"), "cloudfw.aliyuncs.com", "mainland China"),
        (Some("ap-southeast-1"), "cloudfw.ap-southeast-1.aliyuncs.com", "international"),
        (Some("ap-southeast-3"), "cloudfw.ap-southeast-1.aliyuncs.com", "international"),
    ] {
        let (found, own) = hosts.of(region);
        assert_eq!((own, found.unwrap().name.as_str()), (host, site), "{region:?}");
    }
}

#[test]
fn who_has_not_bought_it_is_told_of_the_other_site() {
    for (region, other) in [
        (None, "--region ap-southeast-1"),
        (Some("cn-hangzhou"), "--region ap-southeast-1"),
        (Some("ap-southeast-1"), "--region cn-hangzhou"),
    ] {
        let server = serving(|_| Reply::error(400, "ErrorFirewallNotActivated", "Not Buy User"));
        let mut request = request(&server);
        request.region = region.map(str::to_owned);
        let problem = refused(&request);
        assert_eq!(problem.code, "live/not-activated");
        assert!(problem.help.as_ref().unwrap().contains(other), "{problem:?}");
    }
}

#[test]
fn the_environment_may_name_the_region() {
    let server = serving(|asked| page(asked, 3));
    let client = client(&[("ALIBABA_CLOUD_REGION_ID", "ap-southeast-1")]);
    let capture = client.fetch(&request(&server), &()).unwrap();
    assert_eq!(capture.origin.region.as_deref(), Some("ap-southeast-1"));
    let mut named = request(&server);
    named.region = Some("cn-beijing".to_owned());
    assert_eq!(client.fetch(&named, &()).unwrap().origin.region.as_deref(), Some("cn-beijing"));
}

#[test]
fn a_proxy_is_never_asked_in_place_of_this_machine() {
    let proxy = Server::new(crate::keys(), |_| Reply::text(200, "{}"));
    let server = serving(|asked| page(asked, 3));
    let through = client(&[("HTTPS_PROXY", &proxy.url), ("ALL_PROXY", &proxy.url)]);
    through.fetch(&request(&server), &()).unwrap();
    assert!(proxy.asked().is_empty());
    let mut elsewhere = request(&server);
    elsewhere.endpoint = Some("cloudfw.example.invalid".to_owned());
    let problem = through.fetch(&elsewhere, &()).map(|_| "a capture").unwrap_err();
    let asked = proxy.asked();
    assert_eq!(
        (asked[0].method.as_str(), asked[0].path.as_str()),
        ("CONNECT", "cloudfw.example.invalid:443")
    );
    assert_eq!(problem.code, "live/network", "{problem:?}");
}

#[test]
fn a_proxy_that_is_no_url_does_not_show_its_password() {
    let world = Own::new(&[("HTTPS_PROXY", "http://user:example-password@[")]);
    let problem = Client::new(Manners::default(), Arc::new(world)).map(|_| "a client").unwrap_err();
    assert_eq!(problem.code, "live/proxy");
    assert!(!format!("{problem:?}").contains("example-password"));
}

#[test]
fn an_answer_that_repeats_the_credentials_is_neither_kept_nor_shown() {
    let server = serving(|asked| {
        let mut reply = page(asked, 3);
        let text = String::from_utf8(reply.body).unwrap();
        reply.body = text.replace("HTTPS", SECRET).into_bytes();
        reply
    });
    let problem = refused(&request(&server));
    assert_eq!(problem.code, "live/echo");
    assert!(!format!("{problem:?}").contains(SECRET));
    let server = serving(|_| {
        let encoded = crate::server::encode(SECRET);
        Reply::error(400, SECRET, &format!("you sent {SECRET}, that is {encoded}, by {KEY_ID}"))
    });
    let said = format!("{:?}", refused(&request(&server)));
    assert!(!said.contains(SECRET), "{said}");
    assert!(said.contains(KEY_ID), "{said}");
}
