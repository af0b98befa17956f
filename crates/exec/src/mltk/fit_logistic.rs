//! The most likely coefficients of a `LogisticRegression`.
//!
//! Source: scikit-learn, `LogisticRegression`: the sum of the losses, each row by the weight of its
//! class, and half the squares of the coefficients but the intercepts'. With two classes one sum
//! tells the second; with more each class has one. The least is found by Newton's method with
//! conjugate gradients, and not by L-BFGS, which ends near it.

use crate::run_cx::{RunCx, RunError};

/// What is learned from.
pub(super) struct Problem {
    /// The cells, row by row.
    cells: Vec<f64>,
    /// How many columns.
    width: usize,
    /// The class of each row.
    classes: Vec<usize>,
    /// What each row counts.
    weights: Vec<f64>,
    /// How many sums.
    sums: usize,
    intercept: bool,
}

/// Most steps of Newton's method.
const STEPS: usize = 200;

impl Problem {
    /// Each row counts so that all classes count alike.
    ///
    /// Source: MLTK makes the estimator with `class_weight='balanced'`.
    pub(super) fn new(
        columns: &[(String, Vec<f64>)],
        classes: Vec<usize>,
        count: usize,
        intercept: bool,
    ) -> Problem {
        let (rows, width) = (classes.len(), columns.len());
        let mut cells = Vec::with_capacity(rows * width);
        for row in 0..rows {
            cells.extend(columns.iter().map(|(_, c)| c.get(row).copied().unwrap_or_default()));
        }
        let mut counts = vec![0.0_f64; count];
        for class in &classes {
            if let Some(n) = counts.get_mut(*class) {
                *n += 1.0;
            }
        }
        let weight = |class: &usize| {
            let n = counts.get(*class).copied().unwrap_or(1.0);
            rows as f64 / (count as f64 * n)
        };
        let weights = classes.iter().map(weight).collect();
        let sums = if count == 2 { 1 } else { count };
        Problem { cells, width, classes, weights, sums, intercept }
    }

    /// How many numbers a sum has: its coefficients, then the intercept.
    fn len(&self) -> usize {
        self.width + 1
    }

    /// The rows with their classes and weights.
    fn rows(&self) -> impl Iterator<Item = (&[f64], usize, f64)> {
        let kinds = self.classes.iter().zip(&self.weights);
        self.cells.chunks_exact(self.width.max(1)).zip(kinds).map(|(c, (k, w))| (c, *k, *w))
    }

    /// The sums of a row with these numbers.
    fn scores(&self, numbers: &[f64], row: &[f64], out: &mut Vec<f64>) {
        out.clear();
        out.extend(numbers.chunks_exact(self.len()).map(|sum| match sum.split_last() {
            Some((at, coefficients)) => dot(coefficients, row) + at,
            None => 0.0,
        }));
    }

    /// Turns sums into probabilities; gives the loss of the row's class.
    fn likely(&self, scores: &mut [f64], class: usize) -> f64 {
        if let [z] = scores {
            let loss = (-z.abs()).exp().ln_1p() + z.max(0.0) - if class == 1 { *z } else { 0.0 };
            *z = 1.0 / (1.0 + (-*z).exp());
            return loss;
        }
        let most = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let own = scores.get(class).copied().unwrap_or_default() - most;
        scores.iter_mut().for_each(|z| *z = (*z - most).exp());
        let sum: f64 = scores.iter().sum();
        scores.iter_mut().for_each(|p| *p /= sum);
        sum.ln() - own
    }

    /// Adds a row, `part` times for each sum.
    fn add(&self, out: &mut [f64], row: &[f64], parts: &[f64]) {
        for (sum, part) in out.chunks_exact_mut(self.len()).zip(parts) {
            if let Some((at, coefficients)) = sum.split_last_mut() {
                coefficients.iter_mut().zip(row).for_each(|(c, x)| *c += part * x);
                if self.intercept {
                    *at += part;
                }
            }
        }
    }

    /// Half the squares of the coefficients, whose slope is added to `slope`.
    fn penalty(&self, numbers: &[f64], slope: Option<&mut [f64]>) -> f64 {
        let mut sum = 0.0;
        for all in numbers.chunks_exact(self.len()) {
            sum += all.iter().take(self.width).map(|c| 0.5 * c * c).sum::<f64>();
        }
        if let Some(slope) = slope {
            for (i, (s, c)) in slope.iter_mut().zip(numbers).enumerate() {
                if i % self.len() < self.width {
                    *s += c;
                }
            }
        }
        sum
    }

    /// What is to become least.
    fn cost(&self, numbers: &[f64]) -> f64 {
        let mut scores = Vec::with_capacity(self.sums);
        let loss = |(row, class, weight): (&[f64], usize, f64)| {
            self.scores(numbers, row, &mut scores);
            weight * self.likely(&mut scores, class)
        };
        self.rows().map(loss).sum::<f64>() + self.penalty(numbers, None)
    }

    /// The slope, how it bends along each number alone, and the probabilities of all rows.
    fn slope(&self, numbers: &[f64]) -> (Vec<f64>, Vec<f64>, Vec<f64>) {
        let mut slope = vec![0.0; numbers.len()];
        let mut bend = vec![0.0; numbers.len()];
        let mut all = Vec::with_capacity(self.classes.len() * self.sums);
        let (mut scores, mut squares) = (Vec::new(), vec![0.0; self.width]);
        for (row, class, weight) in self.rows() {
            self.scores(numbers, row, &mut scores);
            self.likely(&mut scores, class);
            all.extend_from_slice(&scores);
            squares.iter_mut().zip(row).for_each(|(s, x)| *s = x * x);
            let second: Vec<f64> = scores.iter().map(|p| weight * p * (1.0 - p)).collect();
            self.add(&mut bend, &squares, &second);
            let own = if self.sums == 1 { class.checked_sub(1) } else { Some(class) };
            if let Some(p) = own.and_then(|own| scores.get_mut(own)) {
                *p -= 1.0;
            }
            scores.iter_mut().for_each(|p| *p *= weight);
            self.add(&mut slope, row, &scores);
        }
        self.penalty(numbers, Some(&mut slope));
        for (i, b) in bend.iter_mut().enumerate() {
            *b += if i % self.len() < self.width { 1.0 } else { 1e-12 };
        }
        (slope, bend, all)
    }

    /// How the slope changes along `way`.
    fn bends(&self, way: &[f64], probabilities: &[f64]) -> Vec<f64> {
        let mut out = vec![0.0; way.len()];
        let mut parts = Vec::with_capacity(self.sums);
        let known = probabilities.chunks_exact(self.sums);
        for ((row, _, weight), likely) in self.rows().zip(known) {
            self.scores(way, row, &mut parts);
            let mean = if self.sums == 1 { None } else { Some(dot(&parts, likely)) };
            for (part, p) in parts.iter_mut().zip(likely) {
                *part = weight * p * mean.map_or(*part * (1.0 - p), |mean| *part - mean);
            }
            self.add(&mut out, row, &parts);
        }
        self.penalty(way, Some(&mut out));
        out
    }

    /// The step that Newton's method goes, nearly.
    fn step(
        &self,
        slope: &[f64],
        bend: &[f64],
        probabilities: &[f64],
        enough: f64,
        cx: &RunCx,
    ) -> Result<Vec<f64>, RunError> {
        let mut step = vec![0.0; slope.len()];
        let mut left: Vec<f64> = slope.iter().map(|s| -s).collect();
        let scaled = |v: &[f64]| v.iter().zip(bend).map(|(v, b)| v / b).collect::<Vec<f64>>();
        let mut way = scaled(&left);
        let mut size = dot(&left, &way);
        let goal = size * enough * enough;
        for _ in 0..slope.len().saturating_mul(2).min(500) {
            cx.check_stop()?;
            let bends = self.bends(&way, probabilities);
            let along = dot(&way, &bends);
            if along.is_nan() || along <= 0.0 {
                break;
            }
            let part = size / along;
            step.iter_mut().zip(&way).for_each(|(s, w)| *s += part * w);
            left.iter_mut().zip(&bends).for_each(|(l, b)| *l -= part * b);
            let next = scaled(&left);
            let before = std::mem::replace(&mut size, dot(&left, &next));
            if size <= goal {
                break;
            }
            let keep = size / before;
            way.iter_mut().zip(&next).for_each(|(w, n)| *w = n + keep * *w);
        }
        Ok(step)
    }

    /// The coefficients of each sum, with the intercept.
    pub(super) fn solve(&self, cx: &RunCx) -> Result<Vec<(Vec<f64>, f64)>, RunError> {
        let mut numbers = vec![0.0; self.sums * self.len()];
        let mut cost = self.cost(&numbers);
        let mut first = None;
        for _ in 0..STEPS {
            let (slope, bend, probabilities) = self.slope(&numbers);
            let most = slope.iter().fold(0.0_f64, |m, s| m.max(s.abs()));
            let first = *first.get_or_insert(most);
            if most <= 1e-10 * first.max(1.0) {
                break;
            }
            let enough = (most / first.max(1e-300)).sqrt().min(0.1);
            let step = self.step(&slope, &bend, &probabilities, enough, cx)?;
            let down = dot(&slope, &step);
            let mut part = 1.0;
            let mut moved = false;
            for _ in 0..40 {
                let next: Vec<f64> = numbers.iter().zip(&step).map(|(n, s)| n + part * s).collect();
                let found = self.cost(&next);
                if found < cost + 1e-4 * part * down {
                    (numbers, cost, moved) = (next, found, true);
                    break;
                }
                part *= 0.5;
            }
            if !moved {
                break;
            }
        }
        if !numbers.iter().all(|n| n.is_finite()) {
            return Err(RunError::failed("SPL3325", "the numbers are too large to learn from"));
        }
        let sums = numbers.chunks_exact(self.len()).filter_map(|s| s.split_last());
        let mut sums: Vec<(Vec<f64>, f64)> = sums.map(|(at, c)| (c.to_vec(), *at)).collect();
        if self.sums > 1 {
            // the same added to all intercepts changes nothing
            let mean = sums.iter().map(|s| s.1).sum::<f64>() / self.sums as f64;
            sums.iter_mut().for_each(|s| s.1 -= mean);
        }
        Ok(sums)
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
