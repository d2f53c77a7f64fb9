package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** On shutdown the decoy ends each open session with a 421 reply (RFC 5321 section 3.8). */
class ShutdownIT {
    private static final int SESSIONS = 20;

    @Test
    void sigterm_endsEachOpenSessionWith421_andTheProcess() throws IOException {
        List<SmtpClient> sockets = new ArrayList<>();
        try (DecoyProcess decoy = DecoyProcess.start("decoy.smtp.greeting-delay=0s")) {
            for (int i = 0; i < SESSIONS; i++) {
                SmtpClient socket = new SmtpClient(decoy.smtpPort(), "127.0.0.41");
                sockets.add(socket);
                assertThat(socket.readReply()).startsWith("220 ");
            }
            decoy.terminate();
            for (SmtpClient socket : sockets) {
                assertThat(socket.readLine()).startsWith("421 4.3.2 ");
                assertThat(socket.readLine()).isNull();
            }
        } finally {
            for (SmtpClient socket : sockets) {
                socket.close();
            }
        }
    }

    @Test
    void sigterm_duringTheGreetingDelay_endsTheSessionWith421() throws IOException {
        try (DecoyProcess decoy = DecoyProcess.start("decoy.smtp.greeting-delay=30s");
                SmtpClient socket = new SmtpClient(decoy.smtpPort(), "127.0.0.42")) {
            assertThat(socket.readLine()).startsWith("220-");
            decoy.terminate();
            assertThat(socket.readLine()).startsWith("220 ");
            assertThat(socket.readLine()).startsWith("421 4.3.2 ");
            assertThat(socket.readLine()).isNull();
        }
    }
}
