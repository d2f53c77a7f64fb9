package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The connection limit and the end of the event stream; each test has its own decoy. */
class FeedStreamIT {
    private DecoyProcess decoy;

    @BeforeEach
    void start() {
        decoy = DecoyProcess.start();
    }

    @AfterEach
    void stop() {
        decoy.close();
    }

    private EventSource follow(String query, String header) throws IOException {
        return new EventSource(decoy.url("/feeds/stream" + query), header);
    }

    @Test
    void clientsAboveLimit_areRejected_untilOneDisconnects() throws IOException {
        List<EventSource> followers = new ArrayList<>();
        try {
            for (int i = 0; i < 200; i++) {
                followers.add(follow("", ""));
                assertThat(followers.get(i).responseHead()).startsWith("HTTP/1.0 200 ");
            }
            try (EventSource rejected = follow("", "")) {
                assertThat(rejected.responseHead()).startsWith("HTTP/1.0 503 ").containsIgnoringCase("retry-after: 60");
            }
            String url = decoy.url("/feeds/stream");
            try (EventSource other = new EventSource(url, "", InetAddress.getByName("127.0.0.9"))) {
                assertThat(other.responseHead()).startsWith("HTTP/1.0 200 ");
                while (!followers.get(0).readEvent().isEmpty()) {
                    // the oldest stream of the client that has the most ends
                }
            }
            assertThat(decoy.get("/feeds/plain").statusCode()).isEqualTo(200);
            followers.remove(0).close();
            Awaitility.await("a free stream").atMost(Duration.ofMinutes(2)).until(() -> {
                try (EventSource next = follow("", "")) {
                    return next.responseHead().startsWith("HTTP/1.0 200 ");
                }
            });
        } finally {
            for (EventSource follower : followers) {
                follower.close();
            }
        }
    }

    @Test
    void shutdown_endsStreamsPromptly() throws IOException {
        try (EventSource events = follow("", "")) {
            events.readEvent();
            events.readEvent();
            decoy.stop();
            assertThat(events.readEvent()).isEmpty();
        }
    }
}
