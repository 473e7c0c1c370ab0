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

impl ::ocpp_types::generated::Wire for Leaf {
    fn blank() -> Self {
        Self {
            parent: ::ocpp_types::generated::Wire::blank(),
        }
    }
    fn place(&mut self) -> ::ocpp_types::generated::Place<'_> {
        ::ocpp_types::generated::Place::Object(self)
    }
    fn view(&self) -> ::ocpp_types::generated::View<'_> {
        ::ocpp_types::generated::View::Object(self)
    }
}

impl ::ocpp_types::generated::Object for Leaf {
    fn member(&mut self, index: usize) -> ::ocpp_types::generated::Place<'_> {
        use ::ocpp_types::generated::Wire;
        match index {
            0usize => Wire::place(&mut self.parent),
            _ => ::ocpp_types::generated::Place::Nothing,
        }
    }
}

impl ::ocpp_types::generated::ObjectView for Leaf {
    fn look(&self, index: usize) -> ::ocpp_types::generated::View<'_> {
        use ::ocpp_types::generated::Wire;
        match index {
            0usize => Wire::view(&self.parent),
            _ => ::ocpp_types::generated::View::Absent,
        }
    }
}

::ocpp_types::object_traits!(Leaf);

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

impl ::ocpp_types::generated::Wire for Node {
    fn blank() -> Self {
        Self {
            name: ::ocpp_types::generated::Wire::blank(),
            next: ::ocpp_types::generated::Wire::blank(),
            children: ::ocpp_types::generated::Wire::blank(),
            leaf: ::ocpp_types::generated::Wire::blank(),
        }
    }
    fn place(&mut self) -> ::ocpp_types::generated::Place<'_> {
        ::ocpp_types::generated::Place::Object(self)
    }
    fn view(&self) -> ::ocpp_types::generated::View<'_> {
        ::ocpp_types::generated::View::Object(self)
    }
}

impl ::ocpp_types::generated::Object for Node {
    fn member(&mut self, index: usize) -> ::ocpp_types::generated::Place<'_> {
        use ::ocpp_types::generated::Wire;
        match index {
            0usize => Wire::place(&mut self.name),
            1usize => Wire::place(&mut self.next),
            2usize => Wire::place(&mut self.children),
            3usize => Wire::place(&mut self.leaf),
            _ => ::ocpp_types::generated::Place::Nothing,
        }
    }
}

impl ::ocpp_types::generated::ObjectView for Node {
    fn look(&self, index: usize) -> ::ocpp_types::generated::View<'_> {
        use ::ocpp_types::generated::Wire;
        match index {
            0usize => Wire::view(&self.name),
            1usize => Wire::view(&self.next),
            2usize => Wire::view(&self.children),
            3usize => Wire::view(&self.leaf),
            _ => ::ocpp_types::generated::View::Absent,
        }
    }
}

::ocpp_types::object_traits!(Node);

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

impl ::ocpp_types::generated::Wire for Tree {
    fn blank() -> Self {
        Self {
            root: ::ocpp_types::generated::Wire::blank(),
        }
    }
    fn place(&mut self) -> ::ocpp_types::generated::Place<'_> {
        ::ocpp_types::generated::Place::Object(self)
    }
    fn view(&self) -> ::ocpp_types::generated::View<'_> {
        ::ocpp_types::generated::View::Object(self)
    }
}

impl ::ocpp_types::generated::Object for Tree {
    fn member(&mut self, index: usize) -> ::ocpp_types::generated::Place<'_> {
        use ::ocpp_types::generated::Wire;
        match index {
            0usize => Wire::place(&mut self.root),
            _ => ::ocpp_types::generated::Place::Nothing,
        }
    }
}

impl ::ocpp_types::generated::ObjectView for Tree {
    fn look(&self, index: usize) -> ::ocpp_types::generated::View<'_> {
        use ::ocpp_types::generated::Wire;
        match index {
            0usize => Wire::view(&self.root),
            _ => ::ocpp_types::generated::View::Absent,
        }
    }
}

::ocpp_types::object_traits!(Tree);

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

