//! A whole store into another one, row by row, in the order of each table's key: so that what is there already says where to
//! go on.

use super::{Db, Statement, StoreError, Value, places};
use std::collections::HashMap;

/// Rows that are read, and stored in one transaction, at once.
const PAGE: usize = 64;

/// The table whose rows tell one store from another.
const LOG: &str = "audit";

/// A table of the store that is left.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    pub(crate) name: String,
    /// Its rows in that store.
    pub(crate) rows: u64,
    columns: Vec<String>,
    /// The places of its key's columns among them.
    key: Vec<usize>,
}

/// What a copied store was found to be.
#[derive(Debug)]
pub(crate) enum Unlike {
    /// A table's rows differ.
    Rows(String),
    /// The store that is filled holds what is not of this one.
    Foreign,
}

/// The tables of an SQLite store: the log first, and each behind those that it refers to.
///
/// # Errors
/// If the store can't be read.
pub(crate) async fn tables(from: &Db) -> Result<Vec<Table>, StoreError> {
    let names = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'
                 ORDER BY name <> ?1, name";
    let names = from.rows(names, vec![LOG.into()]).await?;
    let (mut tables, mut references) = (Vec::new(), HashMap::new());
    for name in names.iter().map(|row| row.text(0)) {
        let columns = "SELECT name, pk FROM pragma_table_info(?1) ORDER BY cid";
        let columns = from.rows(columns, vec![(&name).into()]).await?;
        let mut key: Vec<(i64, usize)> =
            columns.iter().enumerate().map(|(at, row)| (row.int(1), at)).collect();
        key.retain(|(place, _)| *place > 0);
        key.sort_unstable();
        let referred = "SELECT DISTINCT \"table\" FROM pragma_foreign_key_list(?1)";
        let referred = from.rows(referred, vec![(&name).into()]).await?;
        references.insert(name.clone(), referred.iter().map(|row| row.text(0)).collect());
        tables.push(Table {
            rows: count(from, &name).await?,
            columns: columns.iter().map(|row| row.text(0)).collect(),
            key: key.into_iter().map(|(_, at)| at).collect(),
            name,
        });
    }
    Ok(in_order(tables, &references))
}

/// Each table behind those that it refers to; else as they were.
fn in_order(tables: Vec<Table>, references: &HashMap<String, Vec<String>>) -> Vec<Table> {
    let (mut ordered, mut left): (Vec<Table>, Vec<Table>) = (Vec::new(), tables);
    while !left.is_empty() {
        let waits = |table: &Table| {
            let others =
                references.get(&table.name).into_iter().flatten().filter(|other| **other != table.name);
            others.into_iter().any(|other| left.iter().any(|table| table.name == *other))
        };
        let (later, now): (Vec<Table>, Vec<Table>) = left.iter().cloned().partition(waits);
        // Tables that refer to each other have no order.
        let stuck = now.is_empty();
        ordered.extend(if stuck { later.clone() } else { now });
        left = if stuck { Vec::new() } else { later };
    }
    ordered
}

async fn count(db: &Db, table: &str) -> Result<u64, StoreError> {
    let row = db.row(format!("SELECT COUNT(*) FROM {table}"), vec![]).await?;
    Ok(row.map_or(0, |row| row.int(0).unsigned_abs()))
}

impl Table {
    /// The next rows after a key, or the first ones.
    async fn page(&self, db: &Db, after: Option<&[Value]>) -> Result<Vec<Vec<Value>>, StoreError> {
        let (key, places) = (self.key_columns().join(", "), places(1, self.key.len()));
        let only = after.map(|_| format!("WHERE ({key}) > ({places})")).unwrap_or_default();
        let (columns, name) = (self.columns.join(", "), &self.name);
        let sql = format!("SELECT {columns} FROM {name} {only} ORDER BY {key} LIMIT {PAGE}");
        let rows = db.rows(sql, after.map(<[Value]>::to_vec).unwrap_or_default()).await?;
        Ok(rows.into_iter().map(|row| row.0).collect())
    }

    fn key_columns(&self) -> Vec<&str> {
        self.key.iter().filter_map(|at| self.columns.get(*at)).map(String::as_str).collect()
    }

    fn key_of(&self, row: &[Value]) -> Vec<Value> {
        self.key.iter().filter_map(|at| row.get(*at).cloned()).collect()
    }

    /// The key of a store's last row.
    async fn last(&self, db: &Db) -> Result<Option<Vec<Value>>, StoreError> {
        let (key, name) = (self.key_columns(), &self.name);
        let backwards: Vec<String> = key.iter().map(|column| format!("{column} DESC")).collect();
        let (key, backwards) = (key.join(", "), backwards.join(", "));
        let row = db.row(format!("SELECT {key} FROM {name} ORDER BY {backwards} LIMIT 1"), vec![]).await?;
        Ok(row.map(|row| row.0))
    }

    /// Copies the rows that are not there yet; tells how many there are, after each page.
    ///
    /// # Errors
    /// If a store fails.
    pub(crate) async fn copy(&self, from: &Db, to: &Db, mut tell: impl FnMut(u64)) -> Result<(), StoreError> {
        let (mut after, mut done) = match self.begun(from, to).await? {
            Some((last, rows)) => (Some(last), rows),
            None => (None, 0),
        };
        let sql = self.insert();
        loop {
            let page = self.page(from, after.as_deref()).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = Some(self.key_of(last));
            done += page.len() as u64;
            to.batch(page.into_iter().map(|row| Statement::new(sql.clone(), row)).collect()).await?;
            tell(done.min(self.rows));
        }
    }

    /// What stores a row, in place of one that a new schema begins with.
    fn insert(&self) -> String {
        let (name, columns, key) = (&self.name, self.columns.join(", "), self.key_columns());
        let others = self.columns.iter().filter(|column| !key.contains(&column.as_str()));
        let set: Vec<String> = others.map(|column| format!("{column} = excluded.{column}")).collect();
        let instead =
            if set.is_empty() { "NOTHING".into() } else { format!("UPDATE SET {}", set.join(", ")) };
        let (places, key) = (places(1, self.columns.len()), key.join(", "));
        format!("INSERT INTO {name} ({columns}) VALUES ({places}) ON CONFLICT ({key}) DO {instead}")
    }

    /// Up to which row, and so how many, are there already, if all before that one are. A new schema begins with rows too.
    async fn begun(&self, from: &Db, to: &Db) -> Result<Option<(Vec<Value>, u64)>, StoreError> {
        let Some(last) = self.last(to).await? else { return Ok(None) };
        let (key, places) = (self.key_columns().join(", "), places(1, self.key.len()));
        let sql = format!("SELECT COUNT(*) FROM {} WHERE ({key}) <= ({places})", self.name);
        let before = from.row(sql, last.clone()).await?.map_or(0, |row| row.int(0).unsigned_abs());
        Ok((before == count(to, &self.name).await?).then_some((last, before)))
    }

    /// Compares all rows of both stores.
    ///
    /// # Errors
    /// If a store fails. What differs is no error.
    pub(crate) async fn compare(&self, from: &Db, to: &Db) -> Result<Result<(), Unlike>, StoreError> {
        let mut after = None;
        loop {
            let (one, other) =
                (self.page(from, after.as_deref()).await?, self.page(to, after.as_deref()).await?);
            if one != other {
                return Ok(Err(Unlike::Rows(self.name.clone())));
            }
            let Some(last) = one.last() else { return Ok(Ok(())) };
            after = Some(self.key_of(last));
        }
    }
}

/// Whether what a store holds is of this one: its log is empty, or a part of this one's.
///
/// # Errors
/// If a store fails. What is foreign is no error.
pub(crate) async fn fits(from: &Db, to: &Db) -> Result<Result<(), Unlike>, StoreError> {
    let last = "SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1";
    let Some(row) = to.row(last, vec![]).await? else {
        let keys = count(to, "keys").await? + count(to, "operator_tokens").await?;
        return Ok(if keys == 0 { Ok(()) } else { Err(Unlike::Foreign) });
    };
    let same = "SELECT 1 FROM audit WHERE seq = ?1 AND hash = ?2";
    let found = from.row(same, vec![row.int(0).into(), row.str(1).into()]).await?;
    Ok(found.map(drop).ok_or(Unlike::Foreign))
}
