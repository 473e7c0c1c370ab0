// Generated from JSON schemas by ocpp-codegen. Changes belong into its input.

/// `Empty`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[derive(Default)]
pub struct Empty {}

impl Empty {
    /// With the required members given and the optional ones absent.
    #[must_use]
    #[allow(clippy::too_many_arguments)]
    pub fn new() -> Self {
        Self {}
    }
}

impl ::ocpp_types::generated::Object for Empty {
    const NAME: &'static str = "Empty";
    const MEMBERS: &'static [&'static str] = &[];
    fn index(_: &str) -> usize {
        ::ocpp_types::generated::UNKNOWN
    }
    #[allow(clippy::while_let_loop)]
    fn from_map<'de, A: ::ocpp_types::generated::serde::de::MapAccess<'de>>(
        mut map: A,
    ) -> Result<Self, A::Error> {
        use ::ocpp_types::generated::Object;
        let mut seen = [];
        ::ocpp_types::generated::next_member(
            &mut map,
            <Self as Object>::index,
            <Self as Object>::MEMBERS,
            &mut seen,
        )?;
        Ok(Self {})
    }
}

impl<'de> ::ocpp_types::generated::serde::Deserialize<'de> for Empty {
    fn deserialize<D: ::ocpp_types::generated::serde::Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Self, D::Error> {
        ::ocpp_types::generated::object(deserializer)
    }
}

impl ::ocpp_types::generated::FromNode for Empty {
    fn from_node(node: &::ocpp_types::generated::Node<'_>) -> Option<Self> {
        let _ = node.members()?;
        Some(Self {})
    }
}

impl ::ocpp_types::generated::serde::Serialize for Empty {
    fn serialize<S: ::ocpp_types::generated::serde::Serializer>(
        &self,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        use ::ocpp_types::generated::serde::ser::SerializeMap;
        let map = serializer.serialize_map(None)?;
        map.end()
    }
}

impl ::ocpp_types::Described for Empty {
    const SHAPE: ::ocpp_types::Shape = {
        fn shape() -> &'static ::ocpp_types::ObjectShape {
            static SHAPE: ::ocpp_types::ObjectShape = ::ocpp_types::ObjectShape {
                name: "Empty",
                members: &[],
                open: false,
            };
            &SHAPE
        }
        ::ocpp_types::Shape::Object(shape)
    };
}

