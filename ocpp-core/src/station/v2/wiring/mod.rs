//! How the blocks of the station work together: this is the only place where one block hears of another.

mod availability;
mod behaviour;
mod cables;
mod delivery;
mod dispatch;
mod following;
mod master_pass;
mod readings;
mod remote;
mod resets;
mod sessions;
mod state;
#[cfg(all(feature = "v1_6", feature = "v2_0_1"))]
mod switch;
mod tokens;
mod transactions;
