use super::CalculationFile;

/// A calculation as the command that does it.
pub(super) fn command(c: &CalculationFile) -> Result<String, String> {
    let outputs = || c.output_fields.iter().map(|o| o.field_name.as_str());
    match c.calculation_type.as_str() {
        "Eval" => match outputs().collect::<Vec<_>>().as_slice() {
            [one] => Ok(format!("eval {}={}", quoted(one), c.expression)),
            many => Err(format!("an Eval calculation gives one field, not {}", many.len())),
        },
        "Rex" => {
            let field = if c.input_field.is_empty() { "_raw" } else { &c.input_field };
            let pattern = c.expression.replace('\\', "\\\\").replace('"', "\\\"");
            Ok(format!("rex field={} \"{pattern}\"", quoted(field)))
        }
        "Lookup" => {
            let mut text = format!("lookup {}", quoted(&c.lookup_name));
            for i in &c.lookup_inputs {
                text += &format!(" {} AS {}", quoted(&i.lookup_field), quoted(&i.input_field));
            }
            text += " OUTPUT";
            for o in &c.output_fields {
                let column = o.lookup_output_field_name.as_ref().unwrap_or(&o.field_name);
                text += &format!(" {} AS {}", quoted(column), quoted(&o.field_name));
            }
            Ok(text)
        }
        "GeoIP" => {
            // outputs are lat, lon, City, Region and Country, maybe with a prefix
            let prefix = outputs().find_map(|o| o.strip_suffix("lat")).unwrap_or_default();
            Ok(format!("iplocation prefix={} {}", quoted(prefix), quoted(&c.input_field)))
        }
        other => Err(format!("a calculation of kind {other}: not supported")),
    }
}

/// A name in quotes where a bare one would not be read as one.
fn quoted(name: &str) -> String {
    let bare = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.');
    match !name.is_empty() && name.chars().all(bare) {
        true => name.to_owned(),
        false => format!("\"{}\"", name.replace('"', "\\\"")),
    }
}
