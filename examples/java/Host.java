// Holds a station for the test lab: a line in, a line out, as docs/interfaces.md says.
//
//     ocpp conformance run --preset chaevi --station-command "java -cp jna.jar:. Host"

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import ocpp.Station;

public class Host {
    static Station station;

    static String obey(String[] fields) {
        switch (fields[0]) {
            case "new":
                station = Station.withoutClock(fields[2], fields[3], Long.parseLong(fields[1]));
                return "null";
            case "free":
                station.close();
                return "null";
            case "handle":
                return station.handleWithoutClock(fields[2], Long.parseLong(fields[1]));
            case "poll_output":
                return station.pollOutput();
            case "next_timeout":
                return String.valueOf(station.nextTimeout());
            default:
                throw new IllegalArgumentException("\"what is that?\"");
        }
    }

    public static void main(String[] args) throws IOException {
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        var out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        for (String line; (line = in.readLine()) != null; ) {
            try {
                out.print("ok\t" + obey(line.split("\t")) + "\n");
            } catch (IllegalArgumentException error) {
                out.print("error\t" + error.getMessage() + "\n");
            }
            out.flush();
        }
    }
}
