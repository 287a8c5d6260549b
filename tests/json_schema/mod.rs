//! A validator for the part of JSON Schema (2020-12) that `docs/invoice.schema.json` uses.
//!
//! A keyword that it does not know is a fault of the schema: nothing is passed over in silence.
#![allow(dead_code, reason = "every test file uses its own part of this")]

use regex::Regex;
use serde_json::Value;

/// Everything in `document` that is not as the schema says, with its place.
pub fn faults(schema: &Value, document: &Value) -> Vec<String> {
    let mut validator = Validator { root: schema, faults: Vec::new() };
    validator.check(schema, document, "$");
    validator.faults
}

struct Validator<'a> {
    root: &'a Value,
    faults: Vec<String>,
}

impl<'a> Validator<'a> {
    fn check(&mut self, schema: &'a Value, value: &Value, at: &str) {
        let keywords = schema.as_object().unwrap_or_else(|| panic!("{at}: the schema is no object: {schema}"));
        for (keyword, rule) in keywords {
            match keyword.as_str() {
                "$schema" | "$id" | "$defs" | "title" | "description" => {}
                "$ref" => self.check(self.definition(rule), value, at),
                "type" => self.expect(has_type(value, rule), at, value, keyword, rule),
                "const" => self.expect(value == rule, at, value, keyword, rule),
                "enum" => self.expect(list(rule).contains(value), at, value, keyword, rule),
                "minimum" => self.expect(value.as_i64() >= rule.as_i64(), at, value, keyword, rule),
                "pattern" => {
                    let pattern = Regex::new(text(rule)).expect("the schema's pattern is a regular expression");
                    let is_match = value.as_str().is_none_or(|value| pattern.is_match(value));
                    self.expect(is_match, at, value, keyword, rule);
                }
                "anyOf" => {
                    let fits = |one: &'a Value| {
                        let mut inner = Validator { root: self.root, faults: Vec::new() };
                        inner.check(one, value, at);
                        inner.faults.is_empty()
                    };
                    self.expect(list(rule).iter().any(fits), at, value, keyword, rule);
                }
                "items" => {
                    for (place, item) in value.as_array().into_iter().flatten().enumerate() {
                        self.check(rule, item, &format!("{at}[{place}]"));
                    }
                }
                "required" => {
                    for name in list(rule) {
                        self.expect(value.get(text(name)).is_some(), at, value, keyword, name);
                    }
                }
                "properties" => {
                    for (name, rule) in rule.as_object().expect("properties is an object") {
                        if let Some(member) = value.get(name) {
                            self.check(rule, member, &format!("{at}.{name}"));
                        }
                    }
                }
                "additionalProperties" => {
                    assert_eq!(*rule, Value::Bool(false), "{at}: only false is known");
                    let known = &schema["properties"];
                    for name in value.as_object().into_iter().flatten().map(|(name, _)| name) {
                        self.expect(known.get(name).is_some(), at, &Value::from(name.as_str()), keyword, rule);
                    }
                }
                other => panic!("{at}: the validator does not know the keyword {other:?}"),
            }
        }
    }

    fn definition(&self, reference: &Value) -> &'a Value {
        let name = text(reference).strip_prefix("#/$defs/").expect("a reference into $defs");
        self.root["$defs"].get(name).unwrap_or_else(|| panic!("the schema does not define {name}"))
    }

    fn expect(&mut self, holds: bool, at: &str, value: &Value, keyword: &str, rule: &Value) {
        if !holds {
            self.faults.push(format!("{at}: {keyword} {rule} does not hold for {value}"));
        }
    }
}

fn has_type(value: &Value, rule: &Value) -> bool {
    let is = |name: &Value| match text(name) {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        other => panic!("the validator does not know the type {other:?}"),
    };
    rule.as_array().map_or_else(|| is(rule), |names| names.iter().any(is))
}

fn list(rule: &Value) -> &Vec<Value> {
    rule.as_array().expect("a list")
}

fn text(rule: &Value) -> &str {
    rule.as_str().expect("a text")
}
