//! Text in, text out: the scenario language, its diagnostics and formatter, the lesson library, and the story of a step.

pub mod narrate;
