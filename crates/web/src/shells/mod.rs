//! Arrangements of the same components, without state of their own.
