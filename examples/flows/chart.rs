//! Figures as SVG: bars, curves and points on a logarithmic scale.

/// A logarithmic scale: from the least value on, so many decades take so many pixels.
#[derive(Clone, Copy, Debug)]
pub struct Scale {
    /// Where it begins; what is less is drawn there.
    pub least: f64,
    /// How many powers of ten it covers.
    pub decades: f64,
    /// Its length in pixels.
    pub length: f64,
}

impl Scale {
    /// How far from the beginning a value is.
    #[must_use]
    pub fn place(&self, value: f64) -> f64 {
        self.length * (value.max(self.least) / self.least).log10() / self.decades
    }
}

/// A figure that is being drawn, from the top left corner, in pixels.
#[derive(Clone, Debug)]
pub struct Chart {
    size: (u16, u16),
    body: String,
}

impl Chart {
    /// An empty figure with a title.
    #[must_use]
    pub fn new(size: (u16, u16), title: &str) -> Self {
        let mut chart = Self { size, body: String::new() };
        chart.text((0.0, 14.0), title);
        chart
    }

    /// Text that begins here.
    pub fn text(&mut self, (x, y): (f64, f64), text: &str) {
        self.body.push_str(&format!("<text x=\"{x}\" y=\"{y}\">{text}</text>\n"));
    }

    /// A bar to the right.
    pub fn bar(&mut self, (x, y): (f64, f64), width: f64, height: f64) {
        let bar = format!("<rect x=\"{x}\" y=\"{y}\" width=\"{width:.1}\" height=\"{height}\"/>\n");
        self.body.push_str(&bar);
    }

    /// A curve through these points.
    pub fn curve(&mut self, points: &[(f64, f64)], colour: &str, dashed: bool) {
        let points: Vec<_> = points.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
        let dashes = if dashed { " stroke-dasharray=\"4\"" } else { "" };
        self.body.push_str(&format!(
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\"{dashes}/>\n",
            points.join(" ")
        ));
    }

    /// A point.
    pub fn point(&mut self, (x, y): (f64, f64), colour: &str) {
        let point = format!("<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"4\" fill=\"{colour}\"/>\n");
        self.body.push_str(&point);
    }

    /// The file.
    #[must_use]
    pub fn svg(self) -> String {
        let Self { size: (width, height), body } = self;
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
             font-size=\"13\">\n{body}</svg>\n"
        )
    }
}
