//! The device model: one table of everything that can be read and configured at a station.
//!
//! A variable belongs to a component (`EVSE` 1, `TxCtrlr`) and has a value, what it may be, and who may write it (2.0.1 part
//! 2, B05 to B08). The configuration keys of 1.6 are variables without a component in the same table.
//!
//! - By name, in any case, a variable is found through a sorted index.
//! - What the logic reads is found in constant time by what it means ([`Standard`]), whatever it is called in a version.
//! - Values that were changed survive a restart as records `variable/…`, whose keys are the names.

mod id;
mod standard;
mod table;
#[cfg(test)]
mod tests;
mod value;
mod variable;
mod visits;

pub(crate) use id::{ComponentName, VariableId, VariableName};
pub(crate) use standard::Standard;
pub(crate) use table::{DeviceModel, Missing, record_key};
pub(crate) use value::{Kind, decimal, is_organization};
pub use value::{VariableAccess, VariableError};
pub use variable::DataType;
pub(crate) use variable::{Owner, Variable};
pub(crate) use visits::Visits;
