//! Lookups from folders: what a name stands for, and that nothing outside is reached.
#![allow(clippy::expect_used, clippy::unwrap_used)] // helpers of tests may

use sepal_content::{LookupFolders, read_transforms};
use sepal_exec::lookup::{Definition, LookupError, Lookups, MatchKind, header};
use std::fs;
use std::path::Path;

struct Folder(tempfile::TempDir);

impl Folder {
    fn new(files: &[(&str, &str)]) -> Folder {
        let dir = tempfile::tempdir().expect("a temporary folder");
        for (name, text) in files {
            let path = dir.path().join(name);
            fs::create_dir_all(path.parent().expect("it has one")).expect("a folder");
            fs::write(path, text).expect("a file");
        }
        Folder(dir)
    }
    fn path(&self) -> &Path {
        self.0.path()
    }
    fn lookups(&self, writable: bool) -> LookupFolders {
        LookupFolders::read(&[self.path().to_owned()], writable).expect("it reads").0
    }
    fn text(&self, name: &str) -> String {
        fs::read_to_string(self.path().join(name)).expect("it is there")
    }
}

fn code(r: Result<std::sync::Arc<Definition>, LookupError>) -> &'static str {
    r.map_or_else(|e| e.code, |_| "found")
}

#[test]
fn definitions_find_their_tables() {
    let dir = Folder::new(&[
        (
            "four.yml",
            "name: tools\nfilename: tools1.csv\nmatch_type: WILDCARD(a)\ncase_sensitive_match: 'false'\n",
        ),
        ("tools1.csv", "a,b\n"),
        ("five.yml", "name: later\nlookup_type: csv\n"),
        ("five.csv", "c\n"),
        ("kv.yml", "name: seen\nlookup_type: kvstore\ncollection: seen_things\n"),
        ("seen_things.csv", "_key,user\n"),
        ("transforms.conf", "[dns]\nexternal_cmd = dns.py host ip\n"),
        ("dns.csv", "host,ip\n"),
        (
            "app/default/transforms.conf",
            "[hosts]\nfilename = hosts.csv\nmatch_type = CIDR(net), WILDCARD(x)\nmax_matches = 3\n\n[extract]\nREGEX = x\n",
        ),
        ("app/lookups/hosts.csv", "net,name\n"),
    ]);
    let lookups = dir.lookups(false);
    let columns = |name: &str| {
        let def = lookups.find(name).expect(name);
        header(&lookups, &def).expect(name).join(",")
    };
    assert_eq!(columns("tools"), "a,b");
    assert_eq!(columns("later"), "c");
    assert_eq!(columns("seen"), "_key,user");
    assert_eq!(columns("dns"), "host,ip");
    assert_eq!(columns("hosts"), "net,name");
    assert_eq!(columns("hosts.csv"), "net,name");
    let tools = lookups.find("tools").expect("it is there");
    assert_eq!((tools.kind("a"), tools.kind("b")), (MatchKind::Wildcard, MatchKind::Exact));
    assert!(!tools.case_sensitive && lookups.find("seen").expect("it is there").kv_store);
    assert_eq!(lookups.find("hosts").expect("it is there").limit(), 3);
    assert_eq!(lookups.len(), 5);
}

#[test]
fn what_cannot_be_used_says_what_to_do() {
    let dir = Folder::new(&[
        ("a.yml", "name: gone\nfilename: gone.csv\n"),
        ("b.yml", "name: seen\ncollection: seen\n"),
        ("c.yml", "name: model\nfilename: model.mlmodel\n"),
        (
            "transforms.conf",
            "[dns]\nexternal_cmd = dns.py host ip\nfields_list = host ip\n\n[world]\nexternal_type = geo\nfilename = w.kmz\n\n[some]\nfilename = some.csv\nfilter = a=1\n",
        ),
        ("some.csv", "a\n"),
    ]);
    let lookups = dir.lookups(false);
    let mut out = String::new();
    for name in ["gone", "seen", "model", "dns", "world", "some", "som.csv", "nothing"] {
        let e = lookups.find(name).expect_err(name);
        let help = e.help.unwrap_or_default().replace(&*dir.path().to_string_lossy(), "DIR");
        out.push_str(&format!("{name}: {} {} [{}]\n  {help}\n", e.code, e.message, e.unsupported));
    }
    insta::assert_snapshot!(out);
}

#[test]
fn no_name_leads_out_of_the_folders() {
    let outer = Folder::new(&[("secret.csv", "a\n1\n"), ("in/x.csv", "a\n")]);
    let bad = "name: bad\nfilename: ../secret.csv\n";
    fs::write(outer.path().join("in/bad.yml"), bad).expect("a file");
    #[cfg(unix)]
    std::os::unix::fs::symlink(outer.path().join("secret.csv"), outer.path().join("in/link.csv"))
        .expect("a link");
    let folder = outer.path().join("in");
    let (lookups, _) = LookupFolders::read(&[folder], true).expect("it reads");
    let absolute = outer.path().join("secret.csv");
    for name in ["bad", "../secret.csv", "./../secret.csv", "a/b.csv", &absolute.to_string_lossy()]
    {
        assert_eq!(code(lookups.find(name)), "SPL4115", "{name}");
        assert_eq!(code(lookups.target(name)), "SPL4115", "{name}");
    }
    #[cfg(unix)]
    {
        assert_eq!(code(lookups.find("link.csv")), "SPL4115");
        assert_eq!(code(lookups.target("link.csv")), "SPL4115");
        let forged = Definition::new("l", &outer.path().join("in/link.csv").to_string_lossy());
        assert!(lookups.open(&forged).is_err());
        assert!(lookups.replace(&forged, &mut |f| f.write_all(b"x")).is_err());
        assert!(lookups.remove(&forged).is_err());
    }
    assert_eq!(outer.text("secret.csv"), "a\n1\n");
    assert_eq!(code(lookups.find("x.csv")), "found");
}

#[test]
fn writing_needs_permission_and_is_one_step() {
    let dir = Folder::new(&[("x.csv", "old\n"), ("kv.yml", "name: seen\ncollection: things\n")]);
    assert_eq!(code(dir.lookups(false).target("x.csv")), "SPL4116");
    let lookups = dir.lookups(true);
    let x = lookups.target("x.csv").expect("it may be written");
    let broken = lookups.replace(&x, &mut |f| {
        f.write_all(b"half")?;
        Err(std::io::Error::other("disk full"))
    });
    assert!(broken.is_err());
    assert_eq!(dir.text("x.csv"), "old\n");
    lookups.replace(&x, &mut |f| f.write_all(b"new\n")).expect("it is written");
    assert_eq!(dir.text("x.csv"), "new\n");
    // a new file, found afterwards; and the table of a KV store lookup
    let new = lookups.target("new.csv").expect("it may be written");
    assert!(!lookups.exists(&new));
    lookups.replace(&new, &mut |f| f.write_all(b"a\n")).expect("it is written");
    assert_eq!(code(lookups.find("new.csv")), "found");
    let seen = lookups.target("seen").expect("it may be written");
    lookups.replace(&seen, &mut |f| f.write_all(b"_key\n")).expect("it is written");
    assert!(lookups.find("seen").expect("it is there").kv_store);
    lookups.remove(&new).expect("it goes");
    assert_eq!(code(lookups.find("new.csv")), "SPL4110");
    assert_eq!(code(lookups.target("new")), "SPL4110");
    let left: Vec<_> = fs::read_dir(dir.path()).expect("it is there").collect();
    assert_eq!(left.len(), 3, "no temporary file stays: {left:?}");
}

#[test]
fn later_folders_win() {
    let a =
        Folder::new(&[("d.yml", "name: t\nfilename: t.csv\n"), ("t.csv", "a\n"), ("u.csv", "a\n")]);
    let b =
        Folder::new(&[("d.yml", "name: t\nfilename: t.csv\n"), ("t.csv", "b\n"), ("u.csv", "b\n")]);
    let paths = [a.path().to_owned(), b.path().to_owned()];
    let (lookups, notes) = LookupFolders::read(&paths, false).expect("they read");
    for name in ["t", "u.csv"] {
        let def = lookups.find(name).expect(name);
        assert_eq!(header(&lookups, &def).expect(name), ["b"]);
    }
    assert_eq!(notes.iter().map(|n| n.code).collect::<Vec<_>>(), ["SPL4121"]);
}

#[test]
fn transforms_that_are_wrong() {
    let mut out = String::new();
    for text in [
        "[l]\nfilename = x.csv\nmax_matches = many\n",
        "[l]\nfilename = x.csv\nmax_matches = 1001\n",
        "[l]\nfilename = x.csv\nmin_matches = 5\nmax_matches = 2\n",
        "[l]\nfilename = x.csv\nmatch_type = LIKE(x)\n",
        "[l]\nfilename = x.csv\ncase_sensitive_match = often\n",
        "[l]\nfilename\n",
    ] {
        let error = read_transforms("transforms.conf", text).expect_err(text);
        out.push_str(&format!("--- {text:?}\n{error}\n"));
    }
    insta::assert_snapshot!(out);
}

#[test]
fn transforms_with_everything() {
    let text = "[default]\ncase_sensitive_match = 0\n\n[t]\nfilename = t.csv.gz\nmin_matches = 1\n\
                default_match = none\nmatch_type = WILDCARD(a) CIDR(b), EXACT(c)\ntime_field = at\n\
                time_format = %Y\nmax_offset_secs = 60\nmin_offset_secs = 1\n\n\
                [k]\nexternal_type = kvstore\nfields_list = _key, user\n";
    insta::assert_json_snapshot!(read_transforms("transforms.conf", text).expect("it reads"));
}

#[test]
fn extractions_of_a_folder() {
    let dir = Folder::new(&[
        (
            "app/default/transforms.conf",
            "[default]\nCLEAN_KEYS = True\n\n[access]\nREGEX = ^(?<ip>\\S+)\nMV_ADD = true\n\n\
             [pipe]\nDELIMS = \"|\", \"=\"\n\n[hosts]\nfilename = hosts.csv\n\n\
             [bad]\nREGEX = (?<a>x)\nMV_ADD = perhaps\n\n[hosts2]\nfilename = hosts.csv\n",
        ),
        ("app/lookups/hosts.csv", "net,name\n"),
    ]);
    let lookups = dir.lookups(false);
    let access = lookups.extraction("access").expect("it is there");
    assert_eq!(access.regex.as_deref(), Some(r"^(?<ip>\S+)"));
    assert!(access.mv_add && access.clean_keys && access.source == ["_raw"]);
    assert_eq!(lookups.extraction("pipe").expect("it is there").delims, ["|", "="]);
    let near = lookups.extraction("acces").expect_err("there is none");
    assert_eq!((near.code, near.help.as_deref()), ("SPL2503", Some("did you mean `access`?")));
    assert_eq!(lookups.extraction("hosts").expect_err("a lookup").code, "SPL2503");
    // a wrong stanza harms only the search that uses it
    let bad = lookups.extraction("bad").expect_err("it is wrong");
    assert_eq!(bad.code, "SPL2502");
    assert!(
        bad.message.contains("line 16: `MV_ADD` takes true or false, not `perhaps`"),
        "{bad:?}"
    );
    assert!(lookups.find("hosts").is_ok());
}

#[test]
fn saved_searches_are_read_from_their_file() {
    let dir = Folder::new(&[(
        "app/default/savedsearches.conf",
        "[default]\ndispatch.latest_time = now\n\n[My search]\ncron_schedule = 0 * * * *\n\
         dispatch.earliest_time = -1d\nsearch = index=main $x$ \\\n| stats count\n\n[no search]\n\
         disabled = 1\n",
    )]);
    let lookups = dir.lookups(false);
    assert_eq!(lookups.saved_searches(), ["My search"]);
    let found = lookups.saved_search("My search").expect("it is there");
    assert_eq!(found.text, "index=main $x$ \n| stats count");
    assert_eq!(found.earliest.as_deref(), Some("-1d"));
    assert_eq!(found.latest.as_deref(), Some("now"));
    assert!(lookups.saved_search("my search").is_none());
}

/// Source: Splunk Admin Manual, "About the app key value store": a collection that nobody filled is
/// empty, and a search over it runs.
#[test]
fn a_collection_that_nobody_filled_is_empty() {
    let dir = tempfile::tempdir().unwrap();
    let put = |name: &str, text: &str| std::fs::write(dir.path().join(name), text).unwrap();
    put("seen.yml", "name: seen\ncollection: seen\nfields_list: _key, user, n\n");
    put("bare.yml", "name: bare\ncollection: bare\n");
    let (all, _) = LookupFolders::read(&[dir.path().to_owned()], true).unwrap();
    let found = all.find("seen").unwrap();
    let columns = sepal_exec::lookup::header(&all, &found).unwrap();
    assert_eq!(columns, ["_key", "user", "n"].map(sepal_data::FieldName::new));
    assert!(found.unfilled.is_some() && !all.exists(&found));
    // without declared fields nothing is known
    assert_eq!(all.find("bare").unwrap_err().code, "SPL4112");
    // it is filled by a table
    put("seen.csv", "_key,user,n\n1,eve,2\n");
    assert!(all.find("seen").unwrap().unfilled.is_none());
}

/// Source: Splunk Enterprise Security, Administer, "Format an asset or identity list as a lookup".
#[test]
fn the_asset_list_is_empty_until_there_is_one() {
    let dir = Folder::new(&[("x.csv", "a\n")]);
    let found = dir.lookups(false).find("asset_lookup_by_str").expect("it is there");
    assert!(found.unfilled.as_ref().is_some_and(|c| c.contains(&"nt_host".to_owned())));
    let dir = Folder::new(&[("asset_lookup_by_str.csv", "asset,owner\nweb,eve\n")]);
    let found = dir.lookups(false).find("asset_lookup_by_str").expect("it is there");
    assert!(found.unfilled.is_none() && found.file.ends_with("asset_lookup_by_str.csv"));
}

#[test]
fn results_of_jobs_are_found_by_their_id_in_the_folders_and_nowhere_else() {
    let outer = Folder::new(&[("17.9.csv", "secret\n"), ("in/17.1.ndjson", "{}\n")]);
    fs::create_dir_all(outer.path().join("in/17.2")).expect("a folder");
    fs::write(outer.path().join("in/17.2/results.csv.gz"), "").expect("a file");
    let (lookups, _) =
        LookupFolders::read(&[outer.path().join("in")], false).expect("the folder reads");
    let file = |sid: &str| {
        let found = lookups.job(sid).map_err(|e| e.code)?;
        Ok::<_, &str>(found.map(|d| d.file.rsplit("in/").next().unwrap_or_default().to_owned()))
    };
    assert_eq!(file("17.1"), Ok(Some("17.1.ndjson".to_owned())));
    assert_eq!(file("17.2"), Ok(Some("17.2/results.csv.gz".to_owned())));
    assert_eq!(file("17.9"), Ok(None));
    assert_eq!(file("../17.9"), Err("SPL4115"));
    assert_eq!(lookups.jobs(), ["17.1", "17.2"]);
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(outer.path().join("17.9.csv"), outer.path().join("in/a.csv"))
            .expect("a link");
        assert_eq!(file("a"), Err("SPL4115"));
    }
}
