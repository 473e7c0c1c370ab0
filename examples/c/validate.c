/*
 * Says what is wrong with the OCPP messages in a log: validate FILE [VERSION]. Exit status: 0 if all are right.
 */
#include <ocpp.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv)
{
    FILE *file = argc > 1 ? fopen(argv[1], "rb") : NULL;
    if (file == NULL)
        return fprintf(stderr, "usage: validate FILE [VERSION]\n"), 2;
    size_t length = 0, room = 1 << 16, count;
    char *log = malloc(room + 1);
    while (log != NULL && (count = fread(log + length, 1, room - length, file)) > 0)
        if ((length += count) == room)
            log = realloc(log, (room *= 2) + 1);
    fclose(file);
    if (log == NULL)
        return fprintf(stderr, "out of memory\n"), 2;
    log[length] = '\0';
    char *error = NULL, *report = ocpp_validate(log, argc > 2 ? argv[2] : NULL, false, true, &error);
    if (report == NULL)
        fprintf(stderr, "%s\n", error);
    else
        fputs(report, stdout);
    int status = report == NULL ? 2 : strstr(report, "\"ok\":false") != NULL;
    ocpp_text_free(report);
    ocpp_text_free(error);
    free(log);
    return status;
}
