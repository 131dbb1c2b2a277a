//! What an address says, both ways.
