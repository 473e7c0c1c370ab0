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

impl ::ocpp_types::generated::Wire for Empty {
    fn blank() -> Self {
        Self {}
    }
    fn place(&mut self) -> ::ocpp_types::generated::Place<'_> {
        ::ocpp_types::generated::Place::Object(self)
    }
    fn view(&self) -> ::ocpp_types::generated::View<'_> {
        ::ocpp_types::generated::View::Object(self)
    }
}

impl ::ocpp_types::generated::Object for Empty {
    fn member(&mut self, _: usize) -> ::ocpp_types::generated::Place<'_> {
        ::ocpp_types::generated::Place::Nothing
    }
}

impl ::ocpp_types::generated::ObjectView for Empty {
    fn look(&self, _: usize) -> ::ocpp_types::generated::View<'_> {
        ::ocpp_types::generated::View::Absent
    }
}

::ocpp_types::object_traits!(Empty);

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

