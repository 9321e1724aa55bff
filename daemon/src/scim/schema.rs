//! The attributes of users and groups (RFC 7643, section 8.7.1), as far as this daemon keeps them: what is published is
//! what is read, filtered and changed.

/// A value's type.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    /// Text.
    Text,
    /// The name of a role.
    Role,
    /// True or false.
    Flag,
    /// A point in time.
    Time,
    /// An address of resources of these types.
    Reference(&'static [&'static str]),
    /// Sub-attributes.
    Complex(&'static [Attribute]),
}

/// Who writes an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mutability {
    /// Anybody, at any time.
    ReadWrite,
    /// Whoever made the value, once.
    Immutable,
    /// The daemon.
    ReadOnly,
}

/// An attribute, or a sub-attribute.
#[derive(Clone, Copy, Debug)]
pub(super) struct Attribute {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    pub(super) description: &'static str,
    pub(super) is_many: bool,
    pub(super) is_required: bool,
    pub(super) is_case_exact: bool,
    pub(super) is_unique: bool,
    pub(super) mutability: Mutability,
    /// Values that are usual.
    pub(super) usual: &'static [&'static str],
}

impl Attribute {
    const fn new(name: &'static str, kind: Kind, description: &'static str) -> Self {
        Self {
            name,
            kind,
            description,
            is_many: false,
            is_required: false,
            is_case_exact: false,
            is_unique: false,
            mutability: Mutability::ReadWrite,
            usual: &[],
        }
    }

    const fn text(name: &'static str, description: &'static str) -> Self {
        Self::new(name, Kind::Text, description)
    }

    const fn many(name: &'static str, subs: &'static [Self], description: &'static str) -> Self {
        Self { is_many: true, ..Self::new(name, Kind::Complex(subs), description) }
    }

    const fn required(self) -> Self {
        Self { is_required: true, ..self }
    }

    const fn case_exact(self) -> Self {
        Self { is_case_exact: true, ..self }
    }

    const fn unique(self) -> Self {
        Self { is_unique: true, ..self }
    }

    const fn read_only(self) -> Self {
        Self { mutability: Mutability::ReadOnly, ..self }
    }

    const fn immutable(self) -> Self {
        Self { mutability: Mutability::Immutable, ..self }
    }

    const fn usual(self, usual: &'static [&'static str]) -> Self {
        Self { usual, ..self }
    }

    /// Its sub-attributes.
    pub(super) fn subs(&self) -> &'static [Self] {
        match self.kind {
            Kind::Complex(subs) => subs,
            _ => &[],
        }
    }

    /// A sub-attribute by its name, in any case.
    pub(super) fn sub(&self, name: &str) -> Option<&'static Self> {
        named(self.subs(), name)
    }
}

/// An attribute by its name, in any case (RFC 7643, section 2.1).
pub(super) fn named(attributes: &'static [Attribute], name: &str) -> Option<&'static Attribute> {
    attributes.iter().find(|attribute| attribute.name.eq_ignore_ascii_case(name))
}

/// Attributes under a URN.
#[derive(Debug)]
pub(super) struct Schema {
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    pub(super) description: &'static str,
    pub(super) attributes: &'static [Attribute],
}

/// A kind of resources.
#[derive(Debug)]
pub(super) struct ResourceType {
    pub(super) name: &'static str,
    pub(super) endpoint: &'static str,
    pub(super) schema: &'static Schema,
    pub(super) extensions: &'static [&'static Schema],
}

/// Users.
pub(super) static USER: ResourceType =
    ResourceType { name: "User", endpoint: "/Users", schema: &USERS, extensions: &[&ENTERPRISE] };

/// Groups.
pub(super) static GROUP: ResourceType =
    ResourceType { name: "Group", endpoint: "/Groups", schema: &GROUPS, extensions: &[] };

/// What every resource has (RFC 7643, section 3.1).
pub(super) static COMMON: &[Attribute] = &[
    Attribute::text("id", "The resource's id, which never changes.").case_exact().read_only(),
    Attribute::text("externalId", "The id that the identity provider has for it.").case_exact(),
    Attribute::new("meta", Kind::Complex(META), "What the daemon says of it.").read_only(),
];

static META: &[Attribute] = &[
    Attribute::text("resourceType", "Its kind.").case_exact().read_only(),
    Attribute::new("created", Kind::Time, "When it was created.").read_only(),
    Attribute::new("lastModified", Kind::Time, "When it last changed.").read_only(),
    Attribute::new("location", Kind::Reference(&["uri"]), "Its address.").case_exact().read_only(),
];

const USUAL_PLACES: &[&str] = &["work", "home", "other"];

const fn label(usual: &'static [&'static str]) -> Attribute {
    Attribute::text("type", "What it is for.").usual(usual)
}

const PRIMARY: Attribute =
    Attribute::new("primary", Kind::Flag, "Whether it is the one to use first; true of one at most.");

static USERS: Schema = Schema {
    id: "urn:ietf:params:scim:schemas:core:2.0:User",
    name: "User",
    description: "A person whom calls act for",
    attributes: &[
        Attribute::text("userName", "Their address: name@domain.").required().unique(),
        Attribute::new("name", Kind::Complex(NAME), "Their name in its parts."),
        Attribute::text("displayName", "Their name as it is shown."),
        Attribute::text("nickName", "What they are called."),
        Attribute::new("profileUrl", Kind::Reference(&["external"]), "Their page.").case_exact(),
        Attribute::text("title", "Their title, such as Vice President."),
        Attribute::text("userType", "What they are to the organisation, such as Employee."),
        Attribute::text("preferredLanguage", "Their language, such as en-US."),
        Attribute::text("locale", "Where they are, such as en-US."),
        Attribute::text("timezone", "Their time zone, such as Europe/Paris."),
        Attribute::new("active", Kind::Flag, "Whether calls may act for them."),
        Attribute::many("emails", CONTACTS, "Their addresses for mail."),
        Attribute::many("phoneNumbers", PHONES, "Their telephones."),
        Attribute::many("addresses", ADDRESSES, "Where they live and work."),
        Attribute::many("groups", MEMBERSHIPS, "The groups they belong to.").read_only(),
        Attribute::many("roles", ROLES, "Their role: one; `member` where none is assigned."),
    ],
};

static NAME: &[Attribute] = &[
    Attribute::text("formatted", "The whole name."),
    Attribute::text("familyName", "The family name."),
    Attribute::text("givenName", "The given name."),
    Attribute::text("middleName", "The middle names."),
    Attribute::text("honorificPrefix", "What stands before, such as Ms."),
    Attribute::text("honorificSuffix", "What stands after, such as III."),
];

static CONTACTS: &[Attribute] = &[Attribute::text("value", "The address."), label(USUAL_PLACES), PRIMARY];

static PHONES: &[Attribute] = &[
    Attribute::text("value", "The number."),
    label(&["work", "home", "mobile", "fax", "pager", "other"]),
    PRIMARY,
];

static ADDRESSES: &[Attribute] = &[
    Attribute::text("formatted", "The whole address."),
    Attribute::text("streetAddress", "The street and the number."),
    Attribute::text("locality", "The town."),
    Attribute::text("region", "The region."),
    Attribute::text("postalCode", "The postal code."),
    Attribute::text("country", "The country."),
    label(USUAL_PLACES),
    PRIMARY,
];

static MEMBERSHIPS: &[Attribute] = &[
    Attribute::text("value", "The group's id.").case_exact().read_only(),
    Attribute::new("$ref", Kind::Reference(&["Group"]), "The group's address.").case_exact().read_only(),
    Attribute::text("display", "The group's name.").read_only(),
    Attribute::text("type", "How they came into it.").usual(&["direct"]).read_only(),
];

static ROLES: &[Attribute] = &[Attribute::new("value", Kind::Role, "The role's name."), PRIMARY];

/// What enterprises add to users (RFC 7643, section 4.3).
static ENTERPRISE: Schema = Schema {
    id: "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
    name: "EnterpriseUser",
    description: "What enterprises add to users",
    attributes: &[
        Attribute::text("employeeNumber", "Their number."),
        Attribute::text("costCenter", "Their cost centre."),
        Attribute::text("organization", "Their organisation."),
        Attribute::text("division", "Their division."),
        Attribute::text("department", "Their department."),
        Attribute::new("manager", Kind::Complex(MANAGER), "Their manager."),
    ],
};

static MANAGER: &[Attribute] = &[
    Attribute::text("value", "The manager's id.").case_exact(),
    Attribute::new("$ref", Kind::Reference(&["User"]), "The manager's address.").case_exact(),
    Attribute::text("displayName", "The manager's name.").read_only(),
];

static GROUPS: Schema = Schema {
    id: "urn:ietf:params:scim:schemas:core:2.0:Group",
    name: "Group",
    description: "Users who may read the same",
    attributes: &[
        Attribute::text("displayName", "Its name, as access lists have it.").case_exact().required().unique(),
        Attribute::many("members", MEMBERS, "The users who belong to it."),
    ],
};

static MEMBERS: &[Attribute] = &[
    Attribute::text("value", "The user's id.").case_exact().immutable(),
    Attribute::new("$ref", Kind::Reference(&["User"]), "The user's address.").case_exact().immutable(),
    Attribute::text("type", "What they are.").usual(&["User"]).immutable(),
];

/// Where an attribute stands in a resource.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    /// The extension that has it.
    pub(super) extension: Option<&'static str>,
    pub(super) attribute: &'static Attribute,
    pub(super) sub: Option<&'static Attribute>,
}

/// What a text names.
#[derive(Clone, Copy, Debug)]
pub(super) enum Named {
    /// An attribute.
    Place(Place),
    /// A whole extension.
    Extension(&'static Schema),
}

impl ResourceType {
    /// What a text such as `name.familyName` or `urn:…:User:department` names (RFC 7644, section 3.10).
    pub(super) fn find(&self, text: &str) -> Option<Named> {
        for schema in std::iter::once(&self.schema).chain(self.extensions) {
            let Some(rest) = strip_prefix_in_any_case(text, schema.id) else { continue };
            let extension = (schema.id != self.schema.id).then_some(schema.id);
            return match (rest.strip_prefix(':'), extension) {
                (Some(rest), _) => place(schema.attributes, extension, rest).map(Named::Place),
                (None, Some(_)) if rest.is_empty() => Some(Named::Extension(schema)),
                _ => None,
            };
        }
        let found = place(self.schema.attributes, None, text).or_else(|| place(COMMON, None, text));
        found.map(Named::Place)
    }
}

/// The place of `attribute` or `attribute.sub` among attributes.
fn place(attributes: &'static [Attribute], extension: Option<&'static str>, text: &str) -> Option<Place> {
    let (name, sub) = text.split_once('.').map_or((text, None), |(name, sub)| (name, Some(sub)));
    let attribute = named(attributes, name)?;
    let sub = match sub {
        Some(sub) => Some(attribute.sub(sub)?),
        None => None,
    };
    Some(Place { extension, attribute, sub })
}

fn strip_prefix_in_any_case<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let head = text.get(..prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then(|| &text[prefix.len()..])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Option<String> {
        Some(match USER.find(text)? {
            Named::Extension(schema) => schema.name.to_owned(),
            Named::Place(place) => {
                format!("{} {:?}", place.attribute.name, place.sub.map(|sub| sub.name))
            }
        })
    }

    #[test]
    fn attributes_are_found_in_any_case_and_under_their_urn() {
        let enterprise = ENTERPRISE.id;
        for (text, expected) in [
            ("USERNAME".to_owned(), Some("userName None")),
            ("name.FamilyName".to_owned(), Some("name Some(\"familyName\")")),
            (format!("{}:userName", USERS.id), Some("userName None")),
            (format!("{enterprise}:manager.value"), Some("manager Some(\"value\")")),
            (enterprise.to_lowercase(), Some("EnterpriseUser")),
            (format!("{enterprise}:nothing"), None),
            ("nothing".to_owned(), None),
            ("name.nothing".to_owned(), None),
        ] {
            assert_eq!(shown(&text).as_deref(), expected, "{text}");
        }
    }
}
