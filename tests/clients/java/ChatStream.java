// Events of `POST /public/v1/chat`, beside a client that openapi-generator made.
//
//   ChatStream.ask(client, request, "sarah@example.org", (name, data) -> System.out.println(name + " " + data));

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.function.BiConsumer;
import org.openapitools.client.ApiClient;
import org.openapitools.client.model.ChatRequest;

final class ChatStream {
    private ChatStream() {}

    /** Gives each event's name and data, up to `agent.complete`. What `each` throws cancels the call. */
    static void ask(ApiClient client, ChatRequest request, String user, BiConsumer<String, JsonNode> each)
            throws IOException, InterruptedException {
        var mapper = client.getObjectMapper();
        var body = mapper.writeValueAsString(request.stream(true));
        var call = HttpRequest.newBuilder(URI.create(client.getBaseUri() + "/public/v1/chat"))
                .header("X-User-Email", user).header("Content-Type", "application/json").header("Accept", "text/event-stream");
        client.getRequestInterceptor().accept(call);
        var sent = call.POST(HttpRequest.BodyPublishers.ofString(body)).build();
        var answer = client.getHttpClient().send(sent, HttpResponse.BodyHandlers.ofInputStream());
        try (var lines = new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8))) {
            String name = "";
            var data = new StringBuilder();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (answer.statusCode() != 200) {
                    throw new IOException(mapper.readTree(line).at("/error/message").asText());
                } else if (line.startsWith("event: ")) {
                    name = line.substring("event: ".length());
                } else if (line.startsWith("data: ")) {
                    data.append(line.substring("data: ".length()));
                } else if (line.isEmpty() && data.length() > 0) {
                    JsonNode event = mapper.readTree(data.toString());
                    if (name.equals("error")) {
                        throw new IOException(event.at("/error/message").asText());
                    }
                    each.accept(name, event);
                    if (name.equals("agent.complete")) {
                        return;
                    }
                    data.setLength(0);
                }
            }
        }
        throw new IOException("the stream ended before its answer did");
    }
}
