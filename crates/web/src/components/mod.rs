//! The parts of the screen, one file each, its stylesheet `static/css/<same name>.css`. Each is a function of props.

pub mod stage;
