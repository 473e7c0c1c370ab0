/* The first program: a station begins, and says what it wants done. cc first.c $(pkg-config --cflags --libs ocpp) && ./a.out */
#include <ocpp.h>
#include <stdio.h>

int main(void)
{
    const char *config = "{\"versions\": [\"1.6\"], \"vendor\": \"Example\", \"model\": \"First\", \"evse\": [{}]}";
    const ocpp_time now = {0, OCPP_UTC_UNKNOWN}; /* Milliseconds of a clock that never jumps, and no time of day yet. */
    char *error = NULL;
    ocpp_station *station = ocpp_station_new(config, NULL, now, &error);
    if (station == NULL)
        return fprintf(stderr, "%s\n", error), 1;
    ocpp_station_handle(station, now, "\"Start\"");
    ocpp_station_handle(station, now, "{\"Connected\": {\"version\": \"1.6\"}}");
    for (const char *output; (output = ocpp_station_poll_output(station)) != NULL;)
        puts(output); /* {"Store":…}, {"Connect":…}, {"Transmit":"[2,…,\"BootNotification\",…]"} */
    ocpp_station_free(station);
    return 0;
}
