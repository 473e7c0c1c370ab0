//! The program `ocpp`.

fn main() {}
