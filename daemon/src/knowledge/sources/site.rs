//! A website by its sitemap (sitemaps.org, 0.9), as far as its robots.txt allows (RFC 9309).

use super::web::Web;
use super::{Entry, Trouble};
use crate::app::App;
use crate::config::Source;
use crate::egress::AGENT;
use crate::knowledge::formats::{Xml, elements};
use crate::uploads::Upload;
use flate2::read::GzDecoder;
use reqwest::Url;
use reqwest::header::HeaderMap;
use robotstxt::DefaultMatcher;
use std::collections::{HashMap, VecDeque};
use std::io::Read;

/// Most bytes of a sitemap, unpacked (the protocol's own bound), and of a robots.txt (RFC 9309, section 2.5).
const MOST_OF_A_MAP: usize = 50 << 20;
const MOST_OF_ROBOTS: usize = 500 << 10;

/// Most sitemaps of a site, and most of its pages.
const MOST_MAPS: usize = 100;
const MOST_PAGES: usize = 50_000;

/// A site whose pages are known.
pub(super) struct Site {
    web: Web,
}

/// Lists a site's pages: those that its sitemaps name, on allowed hosts, and that its robots.txt allows.
pub(super) async fn open(address: &str, source: &Source, most: usize) -> Result<(Site, Vec<Entry>), Trouble> {
    let map: Url = address.parse().map_err(|_| "the sitemap's address is none".to_owned())?;
    let own = map.host_str().unwrap_or_default().to_owned();
    let hosts = if source.allow.is_empty() { vec![own] } else { source.allow.clone() };
    let web = Web::new(hosts, source.private_network, most)?;
    let (mut maps, mut read, mut pages) = (VecDeque::from([map]), 0, Vec::new());
    while let Some(map) = maps.pop_front() {
        read += 1;
        if read > MOST_MAPS {
            return Err(format!("it has more than {MOST_MAPS} sitemaps"));
        }
        let bytes = web.bytes(&map, &HeaderMap::new(), MOST_OF_A_MAP).await?;
        let text = unpacked(bytes.ok_or("there is no sitemap")?)?;
        let (more, found) = entries(&text)?;
        maps.extend(more.iter().filter_map(|address| map.join(address).ok()));
        pages.extend(found.into_iter().filter_map(|entry| Some((map.join(&entry.key).ok()?, entry))));
        if pages.len() > MOST_PAGES {
            return Err(format!("its sitemaps name more than {MOST_PAGES} pages"));
        }
    }
    let mut robots = HashMap::new();
    let mut allowed = Vec::new();
    for (url, entry) in pages {
        if web.allows(&url) && is_welcome(&web, &mut robots, &url).await? {
            allowed.push(Entry { key: url.to_string(), ..entry });
        }
    }
    Ok((Site { web }, allowed))
}

/// Whether a page's host lets us read it. Where it can't say, it does not (RFC 9309, section 2.3.1.4).
async fn is_welcome(web: &Web, robots: &mut HashMap<String, String>, url: &Url) -> Result<bool, Trouble> {
    let place = url.join("/robots.txt").map_err(|error| error.to_string())?;
    let host = place.to_string();
    if !robots.contains_key(&host) {
        let bytes = web.bytes(&place, &HeaderMap::new(), MOST_OF_ROBOTS).await;
        let bytes = bytes.map_err(|trouble| format!("robots.txt: {trouble}"))?.unwrap_or_default();
        robots.insert(host.clone(), String::from_utf8_lossy(&bytes).into_owned());
    }
    let rules = robots.get(&host).map(String::as_str).unwrap_or_default();
    Ok(DefaultMatcher::default().one_agent_allowed_by_robots(rules, AGENT, url.as_str()))
}

fn unpacked(bytes: Vec<u8>) -> Result<String, Trouble> {
    let mut text = Vec::new();
    if bytes.starts_with(b"\x1f\x8b") {
        let most = MOST_OF_A_MAP as u64;
        GzDecoder::new(&bytes[..]).take(most).read_to_end(&mut text).map_err(|error| error.to_string())?;
    } else {
        text = bytes;
    }
    String::from_utf8(text).map_err(|_| "the sitemap is not UTF-8".into())
}

/// The sitemaps and the pages that a sitemap names.
fn entries(xml: &str) -> Result<(Vec<String>, Vec<Entry>), Trouble> {
    let (mut maps, mut pages) = (Vec::new(), Vec::new());
    let (mut field, mut place, mut changed) = (String::new(), String::new(), String::new());
    let told = |event: Xml<'_>| {
        match event {
            Xml::Start(element) => element.local_name().as_ref().clone_into(&mut field),
            Xml::Text(text) if field == "loc" => place.push_str(text.trim()),
            Xml::Text(text) if field == "lastmod" => changed.push_str(text.trim()),
            Xml::Text(_) => {}
            Xml::End(name) => {
                field.clear();
                let (key, version) = match name {
                    "url" | "sitemap" => (std::mem::take(&mut place), std::mem::take(&mut changed)),
                    _ => return Ok(()),
                };
                match name {
                    "url" => pages.push(Entry { key, version }),
                    _ => maps.push(key),
                }
            }
        }
        Ok(())
    };
    elements(xml, told).map_err(|refusal| format!("the sitemap is {refusal}"))?;
    Ok((maps, pages))
}

impl Site {
    pub(super) async fn fetch(&self, app: &App, entry: &Entry) -> Result<Upload, Trouble> {
        let url = entry.key.parse().map_err(|_| "it is no address".to_owned())?;
        self.web.file(app, &url, &HeaderMap::new()).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sitemap_names_pages_and_other_sitemaps() {
        let xml = "<?xml version='1.0'?><sitemapindex><sitemap><loc>/b.xml</loc></sitemap>\
            <url><loc> https://x.org/?a=1&amp;b=2 </loc><lastmod>2024-05-01</lastmod></url><url><loc>/c</loc></url></sitemapindex>";
        let (maps, pages) = entries(xml).unwrap();
        let page = |key: &str, version: &str| Entry { key: key.into(), version: version.into() };
        assert_eq!(maps, ["/b.xml"]);
        assert_eq!(pages, [page("https://x.org/?a=1&b=2", "2024-05-01"), page("/c", "")]);
    }
}
