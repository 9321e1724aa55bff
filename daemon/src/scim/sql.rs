//! What the queries of users and of groups share.

use crate::store::{Statement, Value};

/// Most values of a list in one query.
pub(super) const CHUNK: usize = 500;

/// Which resources of a team: those that an index finds, or all, from an id on.
#[derive(Clone, Debug)]
pub(super) struct Which<'a> {
    /// A column and what it equals.
    pub(super) column: Option<(&'static str, String)>,
    /// Only those after this id.
    pub(super) after: &'a str,
    pub(super) skip: u64,
    pub(super) limit: usize,
}

impl Which<'_> {
    /// The one that a column finds.
    pub(super) fn only(column: &'static str, value: &str) -> Self {
        Self { column: Some((column, value.to_owned())), after: "", skip: 0, limit: 1 }
    }

    /// The rest of a query of a table under an alias, with its parameters pushed.
    pub(super) fn clause(&self, alias: &str, params: &mut Vec<Value>) -> String {
        params.push(self.after.into());
        let mut clause = format!(" AND {alias}.id > ?{}", params.len());
        if let Some((column, value)) = &self.column {
            params.push(value.into());
            clause += &format!(" AND {alias}.{column} = ?{}", params.len());
        }
        params.push(self.limit.into());
        clause += &format!(" ORDER BY {alias}.id LIMIT ?{}", params.len());
        params.push(i64::try_from(self.skip).unwrap_or(i64::MAX).into());
        clause + &format!(" OFFSET ?{}", params.len())
    }
}

/// The condition that under a new name nobody reads more than under the one before: what names the new one among its
/// readers names the other too. Takes two parameters, from `?first` on.
pub(super) fn widens_nothing(first: usize) -> String {
    format!(
        "NOT EXISTS (SELECT 1 FROM document_readers r WHERE r.team = ?1 AND r.reader = ?{first}
             AND NOT EXISTS (SELECT 1 FROM document_readers o WHERE o.document = r.document AND o.reader = ?{}))",
        first + 1
    )
}

/// Who may read documents under one name may read them under another, a group or a user that is called anew; and so says
/// the index, which nobody may change meanwhile.
pub(super) fn move_reader(team: &str, from: &str, to: &str) -> [Statement; 3] {
    let insert = "INSERT INTO document_readers (team, document, reader)
                  SELECT r.team, r.document, CAST(?3 AS TEXT) FROM document_readers r
                  WHERE r.team = ?1 AND r.reader = ?2 ON CONFLICT (document, reader) DO NOTHING";
    let delete = "DELETE FROM document_readers WHERE team = ?1 AND reader = ?2";
    let sets = "UPDATE segment_sets SET name = ?3, part = part + 1 + COALESCE(
                  (SELECT MAX(o.part) FROM segment_sets o WHERE o.segment = segment_sets.segment AND o.name = ?3), -1)
                WHERE name = ?2 AND segment IN (SELECT s.id FROM segments s WHERE s.team = ?1)";
    [
        Statement::new(insert, vec![team.into(), from.into(), to.into()]),
        Statement::new(delete, vec![team.into(), from.into()]),
        Statement::new(sets, vec![team.into(), from.into(), to.into()]),
    ]
}
