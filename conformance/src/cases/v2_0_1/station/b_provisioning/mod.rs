//! Block B, provisioning.

pub(super) mod base_report;
pub(super) mod boot;
pub(super) mod custom_report;
pub(super) mod get_variables;
pub(super) mod network_profile;
pub(super) mod offline;
pub(super) mod reset;
pub(super) mod set_variables;
