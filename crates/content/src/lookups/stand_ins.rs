//! Lookups of Splunk Enterprise Security that ESCU searches use. They are collections that each site
//! fills: here they are empty, with the warning of any collection that nobody filled, until a table
//! of their name stands in a folder of `--lookups`.
//!
//! Source: Splunk Enterprise Security, Administer, "Format an asset or identity list as a lookup in
//! Splunk Enterprise Security", "Manage internal lookups".

use super::LookupDef;
use crate::ContentError;

const TEXTS: &[&str] = &[
    "name: asset_lookup_by_str
lookup_type: kvstore
fields_list: asset, asset_id, asset_tag, ip, mac, nt_host, dns, owner, priority, lat, long, city, country, bunit, category, pci_domain, is_expected, should_timesync, should_update, requires_av, cim_entity_zone
",
    "name: identity_lookup_expanded
lookup_type: kvstore
fields_list: identity, identity_id, identity_tag, prefix, nick, first, last, suffix, email, phone, managedBy, priority, bunit, category, watchlist, startDate, endDate, work_city, work_country, work_lat, work_long, cim_entity_zone
",
    "name: interesting_ports_lookup
lookup_type: kvstore
fields_list: app, dest, dest_pci_domain, dest_port, transport, is_required, is_prohibited, is_secure, note
",
];

/// Their definitions, by name.
pub(super) fn stand_ins() -> Result<Vec<LookupDef>, ContentError> {
    TEXTS.iter().map(|text| LookupDef::load("Enterprise Security", text)).collect()
}
