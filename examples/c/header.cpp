// The header in C++: the version that the library was built with is that of the header.
#include <ocpp.h>

#include <memory>

int main()
{
    const std::unique_ptr<char, void (*)(char *)> input(ocpp_input("Received", "[]"), ocpp_text_free);
    return input != nullptr && ocpp_abi_version() == OCPP_ABI_VERSION ? 0 : 1;
}
