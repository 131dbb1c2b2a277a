//! Listening to the browser: the only homes of `use_effect_with`.
