// Generated from JSON schemas by ocpp-codegen. Changes belong into its input.

/// `Leaf`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[derive(Default)]
pub struct Leaf {
    /// `parent`
    pub parent: Option<Node>,
}

impl Leaf {
    /// With the required members given and the optional ones absent.
    #[must_use]
    #[allow(clippy::too_many_arguments)]
    pub fn new() -> Self {
        Self { parent: None }
    }
}

impl ::ocpp_types::generated::Object for Leaf {
    const NAME: &'static str = "Leaf";
    const MEMBERS: &'static [&'static str] = &["parent"];
    fn index(name: &str) -> usize {
        match name {
            "parent" => 0usize,
            _ => ::ocpp_types::generated::UNKNOWN,
        }
    }
    #[allow(clippy::while_let_loop)]
    fn from_map<'de, A: ::ocpp_types::generated::serde::de::MapAccess<'de>>(
        mut map: A,
    ) -> Result<Self, A::Error> {
        use ::ocpp_types::generated::Object;
        let mut seen = [false; 1usize];
        let mut member_0 = None;
        loop {
            match ::ocpp_types::generated::next_member(
                &mut map,
                <Self as Object>::index,
                <Self as Object>::MEMBERS,
                &mut seen,
            )? {
                0usize => {
                    ::ocpp_types::generated::fill(&mut member_0, map.next_value()?);
                }
                _ => break,
            }
        }
        Ok(Self { parent: member_0 })
    }
}

impl<'de> ::ocpp_types::generated::serde::Deserialize<'de> for Leaf {
    fn deserialize<D: ::ocpp_types::generated::serde::Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Self, D::Error> {
        ::ocpp_types::generated::object(deserializer)
    }
}

impl ::ocpp_types::generated::FromNode for Leaf {
    fn from_node(node: &::ocpp_types::generated::Node<'_>) -> Option<Self> {
        let members = node.members()?;
        Some(Self {
            parent: members.optional("parent")?,
        })
    }
}

impl ::ocpp_types::generated::serde::Serialize for Leaf {
    fn serialize<S: ::ocpp_types::generated::serde::Serializer>(
        &self,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        use ::ocpp_types::generated::serde::ser::SerializeMap;
        let mut map = serializer.serialize_map(None)?;
        if let Some(value) = &self.parent {
            map.serialize_entry("parent", value)?;
        }
        map.end()
    }
}

impl ::ocpp_types::Described for Leaf {
    const SHAPE: ::ocpp_types::Shape = {
        fn shape() -> &'static ::ocpp_types::ObjectShape {
            static SHAPE: ::ocpp_types::ObjectShape = ::ocpp_types::ObjectShape {
                name: "Leaf",
                members: &[
                    ::ocpp_types::MemberShape {
                        name: "parent",
                        required: false,
                        shape: <Node as ::ocpp_types::Described>::SHAPE,
                        lenience: ::ocpp_types::Lenience::LeaveOut,
                    },
                ],
                open: false,
            };
            &SHAPE
        }
        ::ocpp_types::Shape::Object(shape)
    };
}

/// `Node`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// `name`
    pub name: ::ocpp_types::Text,
    /// `next`
    pub next: Option<::ocpp_types::generated::Box<Node>>,
    /// `children`
    pub children: Option<::ocpp_types::NonEmpty<Node>>,
    /// `leaf`
    pub leaf: Option<::ocpp_types::generated::Box<Leaf>>,
}

impl Node {
    /// With the required members given and the optional ones absent.
    #[must_use]
    #[allow(clippy::too_many_arguments)]
    pub fn new(name: ::ocpp_types::Text) -> Self {
        Self {
            name,
            next: None,
            children: None,
            leaf: None,
        }
    }
}

impl ::ocpp_types::generated::Object for Node {
    const NAME: &'static str = "Node";
    const MEMBERS: &'static [&'static str] = &["name", "next", "children", "leaf"];
    fn index(name: &str) -> usize {
        match name {
            "name" => 0usize,
            "next" => 1usize,
            "children" => 2usize,
            "leaf" => 3usize,
            _ => ::ocpp_types::generated::UNKNOWN,
        }
    }
    #[allow(clippy::while_let_loop)]
    fn from_map<'de, A: ::ocpp_types::generated::serde::de::MapAccess<'de>>(
        mut map: A,
    ) -> Result<Self, A::Error> {
        use ::ocpp_types::generated::Object;
        let mut seen = [false; 4usize];
        let mut member_0 = None;
        let mut member_1 = None;
        let mut member_2 = None;
        let mut member_3 = None;
        loop {
            match ::ocpp_types::generated::next_member(
                &mut map,
                <Self as Object>::index,
                <Self as Object>::MEMBERS,
                &mut seen,
            )? {
                0usize => {
                    ::ocpp_types::generated::fill(&mut member_0, map.next_value()?);
                }
                1usize => {
                    ::ocpp_types::generated::fill(&mut member_1, map.next_value()?);
                }
                2usize => {
                    ::ocpp_types::generated::fill(&mut member_2, map.next_value()?);
                }
                3usize => {
                    ::ocpp_types::generated::fill(&mut member_3, map.next_value()?);
                }
                _ => break,
            }
        }
        let Some(member_0) = member_0 else {
            return Err(
                ::ocpp_types::generated::missing(
                    &seen,
                    &[0usize],
                    <Self as Object>::MEMBERS,
                ),
            );
        };
        Ok(Self {
            name: member_0,
            next: member_1,
            children: member_2,
            leaf: member_3,
        })
    }
}

impl<'de> ::ocpp_types::generated::serde::Deserialize<'de> for Node {
    fn deserialize<D: ::ocpp_types::generated::serde::Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Self, D::Error> {
        ::ocpp_types::generated::object(deserializer)
    }
}

impl ::ocpp_types::generated::FromNode for Node {
    fn from_node(node: &::ocpp_types::generated::Node<'_>) -> Option<Self> {
        let members = node.members()?;
        Some(Self {
            name: members.required("name")?,
            next: members.optional("next")?,
            children: members.optional("children")?,
            leaf: members.optional("leaf")?,
        })
    }
}

impl ::ocpp_types::generated::serde::Serialize for Node {
    fn serialize<S: ::ocpp_types::generated::serde::Serializer>(
        &self,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        use ::ocpp_types::generated::serde::ser::SerializeMap;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("name", &self.name)?;
        if let Some(value) = &self.next {
            map.serialize_entry("next", value)?;
        }
        if let Some(value) = &self.children {
            map.serialize_entry("children", value)?;
        }
        if let Some(value) = &self.leaf {
            map.serialize_entry("leaf", value)?;
        }
        map.end()
    }
}

impl ::ocpp_types::Described for Node {
    const SHAPE: ::ocpp_types::Shape = {
        fn shape() -> &'static ::ocpp_types::ObjectShape {
            static SHAPE: ::ocpp_types::ObjectShape = ::ocpp_types::ObjectShape {
                name: "Node",
                members: &[
                    ::ocpp_types::MemberShape {
                        name: "name",
                        required: true,
                        shape: <::ocpp_types::Text as ::ocpp_types::Described>::SHAPE,
                        lenience: ::ocpp_types::Lenience::LeaveOut,
                    },
                    ::ocpp_types::MemberShape {
                        name: "next",
                        required: false,
                        shape: <::ocpp_types::generated::Box<
                            Node,
                        > as ::ocpp_types::Described>::SHAPE,
                        lenience: ::ocpp_types::Lenience::LeaveOut,
                    },
                    ::ocpp_types::MemberShape {
                        name: "children",
                        required: false,
                        shape: <::ocpp_types::NonEmpty<
                            Node,
                        > as ::ocpp_types::Described>::SHAPE,
                        lenience: ::ocpp_types::Lenience::LeaveOut,
                    },
                    ::ocpp_types::MemberShape {
                        name: "leaf",
                        required: false,
                        shape: <::ocpp_types::generated::Box<
                            Leaf,
                        > as ::ocpp_types::Described>::SHAPE,
                        lenience: ::ocpp_types::Lenience::LeaveOut,
                    },
                ],
                open: false,
            };
            &SHAPE
        }
        ::ocpp_types::Shape::Object(shape)
    };
}

/// `Tree`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tree {
    /// `root`
    pub root: Node,
}

impl Tree {
    /// With the required members given and the optional ones absent.
    #[must_use]
    #[allow(clippy::too_many_arguments)]
    pub fn new(root: Node) -> Self {
        Self { root }
    }
}

impl ::ocpp_types::generated::Object for Tree {
    const NAME: &'static str = "Tree";
    const MEMBERS: &'static [&'static str] = &["root"];
    fn index(name: &str) -> usize {
        match name {
            "root" => 0usize,
            _ => ::ocpp_types::generated::UNKNOWN,
        }
    }
    #[allow(clippy::while_let_loop)]
    fn from_map<'de, A: ::ocpp_types::generated::serde::de::MapAccess<'de>>(
        mut map: A,
    ) -> Result<Self, A::Error> {
        use ::ocpp_types::generated::Object;
        let mut seen = [false; 1usize];
        let mut member_0 = None;
        loop {
            match ::ocpp_types::generated::next_member(
                &mut map,
                <Self as Object>::index,
                <Self as Object>::MEMBERS,
                &mut seen,
            )? {
                0usize => {
                    ::ocpp_types::generated::fill(&mut member_0, map.next_value()?);
                }
                _ => break,
            }
        }
        let Some(member_0) = member_0 else {
            return Err(
                ::ocpp_types::generated::missing(
                    &seen,
                    &[0usize],
                    <Self as Object>::MEMBERS,
                ),
            );
        };
        Ok(Self { root: member_0 })
    }
}

impl<'de> ::ocpp_types::generated::serde::Deserialize<'de> for Tree {
    fn deserialize<D: ::ocpp_types::generated::serde::Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Self, D::Error> {
        ::ocpp_types::generated::object(deserializer)
    }
}

impl ::ocpp_types::generated::FromNode for Tree {
    fn from_node(node: &::ocpp_types::generated::Node<'_>) -> Option<Self> {
        let members = node.members()?;
        Some(Self {
            root: members.required("root")?,
        })
    }
}

impl ::ocpp_types::generated::serde::Serialize for Tree {
    fn serialize<S: ::ocpp_types::generated::serde::Serializer>(
        &self,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        use ::ocpp_types::generated::serde::ser::SerializeMap;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("root", &self.root)?;
        map.end()
    }
}

impl ::ocpp_types::Described for Tree {
    const SHAPE: ::ocpp_types::Shape = {
        fn shape() -> &'static ::ocpp_types::ObjectShape {
            static SHAPE: ::ocpp_types::ObjectShape = ::ocpp_types::ObjectShape {
                name: "Tree",
                members: &[
                    ::ocpp_types::MemberShape {
                        name: "root",
                        required: true,
                        shape: <Node as ::ocpp_types::Described>::SHAPE,
                        lenience: ::ocpp_types::Lenience::LeaveOut,
                    },
                ],
                open: false,
            };
            &SHAPE
        }
        ::ocpp_types::Shape::Object(shape)
    };
}

