//! Lengths and paths as SVG writes them, to a tenth of a unit.
//!
//! By whole numbers: the standard library's printing of floating-point numbers, exact to the last digit, would be as
//! large as all of this crate's geometry.

/// A length in SVG units.
pub(crate) fn px(value: f64) -> String {
    let mut out = String::new();
    put(&mut out, value);
    out
}

/// Adds a command to a path: `M`, `L` or `Q`, with its points.
pub(crate) fn draw(d: &mut String, command: char, points: &[(f64, f64)]) {
    d.push(command);
    for (at, &(x, y)) in points.iter().enumerate() {
        if at > 0 {
            d.push(' ');
        }
        put(d, x);
        d.push(' ');
        put(d, y);
    }
}

/// A line from point to point.
pub(crate) fn line(points: &[(f64, f64)]) -> String {
    let mut d = String::new();
    for (at, point) in points.iter().enumerate() {
        draw(&mut d, if at == 0 { 'M' } else { 'L' }, &[*point]);
    }
    d
}

fn put(out: &mut String, value: f64) {
    let tenths = (value * 10.0 + 0.5).floor() as i64;
    if tenths < 0 {
        out.push('-');
    }
    let tenths = tenths.unsigned_abs();
    *out += &(tenths / 10).to_string();
    if !tenths.is_multiple_of(10) {
        out.push('.');
        out.push(char::from(b'0' + (tenths % 10) as u8));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_rounded_to_tenths() {
        for (value, text) in
            [(0.0, "0"), (-0.01, "0"), (12.0, "12"), (12.34, "12.3"), (12.35, "12.4"), (-1.26, "-1.3"), (0.96, "1")]
        {
            assert_eq!(px(value), text, "{value}");
        }
    }

    #[test]
    fn paths_are_commands_with_points() {
        assert_eq!(line(&[(0.0, 1.5), (2.0, -3.0)]), "M0 1.5L2 -3");
        let mut d = line(&[(1.0, 1.0)]);
        draw(&mut d, 'Q', &[(2.0, 2.0), (3.0, 3.0)]);
        assert_eq!(d, "M1 1Q2 2 3 3");
    }
}
