/*
 * Holds a station for the test lab (ocpp conformance run --station-command): a line in, a line out, as docs/interfaces.md says.
 */
#define _POSIX_C_SOURCE 200809L
#include <ocpp.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The text up to the next tab; the rest stays in `line`. */
static char *field(char **line)
{
    char *begin = *line, *end = begin + strcspn(begin, "\t");
    *line = *end == '\t' ? end + 1 : end;
    *end = '\0';
    return begin;
}

static void answer(const char *word, const char *json)
{
    printf("%s\t%s\n", word, json != NULL ? json : "null");
    fflush(stdout);
}

int main(void)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t length;
    ocpp_station *station = NULL;
    while ((length = getline(&line, &room, stdin)) > 0) {
        if (line[length - 1] == '\n')
            line[length - 1] = '\0';
        char *rest = line, *what = field(&rest);
        if (strcmp(what, "new") == 0) {
            ocpp_time now = {strtoull(field(&rest), NULL, 10), OCPP_UTC_UNKNOWN};
            char *config = field(&rest), *error = NULL;
            ocpp_station_free(station);
            station = ocpp_station_new(config, field(&rest), now, &error);
            answer(station != NULL ? "ok" : "error", error);
            ocpp_text_free(error);
        } else if (strcmp(what, "free") == 0) {
            ocpp_station_free(station);
            station = NULL;
            answer("ok", NULL);
        } else if (station == NULL) {
            answer("error", "\"there is no station\"");
        } else if (strcmp(what, "handle") == 0) {
            ocpp_time now = {strtoull(field(&rest), NULL, 10), OCPP_UTC_UNKNOWN};
            ocpp_status status = ocpp_station_handle(station, now, field(&rest));
            answer(status == OCPP_OK ? "ok" : "error", ocpp_station_reply(station));
        } else if (strcmp(what, "poll_output") == 0) {
            answer("ok", ocpp_station_poll_output(station));
        } else if (strcmp(what, "next_timeout") == 0) {
            char number[24] = "null";
            uint64_t next = ocpp_station_next_timeout(station);
            if (next != OCPP_NEVER)
                snprintf(number, sizeof number, "%llu", (unsigned long long)next);
            answer("ok", number);
        } else {
            answer("error", "\"what is that?\"");
        }
    }
    ocpp_station_free(station);
    free(line);
    return EXIT_SUCCESS;
}
