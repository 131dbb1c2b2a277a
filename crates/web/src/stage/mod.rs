//! The picture: where things are and what moves. (Half B fills this room.)
