// A charging station in Java: it registers, a car is charged for some seconds. Needs a CSMS: ocpp csms --listen 127.0.0.1:9000
//
//     java -cp jna.jar:. Charge ws://127.0.0.1:9000/CP001 10

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import ocpp.Station;

public class Charge implements WebSocket.Listener {
    static final String CONFIG = """
        {"versions": ["1.6"], "vendor": "Example", "model": "Java", "evse": [{}]}""";
    static final String CABLE = """
        {"Cable": {"at": {"evse": 1, "connector": 1}, "state": "%s"}}""";

    final Station station = new Station(CONFIG, null);
    final LinkedBlockingQueue<String> inputs = new LinkedBlockingQueue<>();
    final StringBuilder message = new StringBuilder();
    final String url;
    WebSocket socket;
    boolean ended;

    Charge(String url) {
        this.url = url;
    }

    void connect() {
        HttpClient.newHttpClient().newWebSocketBuilder().subprotocols("ocpp1.6").buildAsync(URI.create(url), this)
            .whenComplete((socket, error) -> {
                this.socket = socket;
                inputs.add(error == null ? "{\"Connected\": {\"version\": \"1.6\"}}" : "\"Disconnected\"");
            });
    }

    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence text, boolean last) {
        message.append(text);
        if (last) {
            inputs.add(Station.input("Received", message.toString()));
            message.setLength(0);
        }
        socket.request(1);
        return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
        inputs.add("\"Disconnected\"");
        return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable error) {
        inputs.add("\"Disconnected\"");
    }

    /** Hands an input over, and carries out what comes of it. Records are lost at the end here: a real station keeps them. */
    void tell(String input) {
        station.handle(input);
        for (String output; (output = station.pollOutput()) != null; ) {
            String transmit = Station.text(output, "/Transmit");
            if (transmit != null) {
                System.out.println("-> " + transmit);
                if (socket != null) socket.sendText(transmit, true).join();
            } else if (output.startsWith("{\"Connect\"")) {
                connect();
            } else if (Station.text(output, "/Transaction/news/Ended") != null) {
                ended = true;
            } else { // What this station has no hardware for.
                station.handle("\"Decline\"");
            }
        }
    }

    void run(long seconds) throws InterruptedException {
        tell("\"Start\"");
        long leaves = 0, over = Long.MAX_VALUE;
        while (Station.monotonic() < over) {
            if (leaves == 0 && "Accepted".equals(Station.text(station.state(), "/registration"))) {
                tell(CABLE.formatted("Connected"));
                tell("{\"TokenPresented\": {\"evse\": 1, \"token\": {\"id\": \"card\"}}}");
                leaves = Station.monotonic() + seconds * 1000;
            }
            Long next = station.nextTimeout();
            long wait = Math.min(100, next == null ? 100 : next - Station.monotonic());
            String input = inputs.poll(Math.max(0, wait), TimeUnit.MILLISECONDS);
            tell(input == null ? "\"TimePassed\"" : input);
            if (leaves > 0 && Station.monotonic() >= leaves) {
                tell(CABLE.formatted("Unplugged"));
                leaves = Long.MAX_VALUE;
            }
            if (ended && over == Long.MAX_VALUE) over = Station.monotonic() + 1000; // For the last answers.
        }
        station.close();
    }

    public static void main(String[] args) throws InterruptedException {
        new Charge(args.length > 0 ? args[0] : "ws://127.0.0.1:9000/CP001").run(args.length > 1 ? Long.parseLong(args[1]) : 10);
        System.exit(0); // Whatever the socket still waits for.
    }
}
