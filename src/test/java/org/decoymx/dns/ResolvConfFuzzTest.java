package org.decoymx.dns;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.decoymx.support.PrintableText;

/** Any octets in place of resolv.conf. */
class ResolvConfFuzzTest {

    @FuzzTest
    void file_hasFewServers_andPrintableProblems(byte[] octets) throws IOException {
        ResolvConf parsed = ResolvConf.parse(octets, "resolv.conf");
        assertThat(parsed.servers()).hasSizeLessThanOrEqualTo(3).doesNotHaveDuplicates();
        assertThat(parsed.problems())
                .hasSizeLessThanOrEqualTo(10)
                .allMatch(PrintableText::isPrintable)
                .allMatch(problem -> problem.length() < 500);
        List<InetAddress> servers = new ArrayList<>();
        String before = ""; // then a line feed, as a byte order mark is left out only at the start
        for (String line : new String(octets, StandardCharsets.ISO_8859_1).split("\n", -1)) {
            byte[] single = (before + line).getBytes(StandardCharsets.ISO_8859_1);
            servers.addAll(ResolvConf.parse(single, "resolv.conf").servers());
            before = "\n";
        }
        assertThat(parsed.servers())
                .isEqualTo(servers.stream().distinct().limit(3).toList());
        for (InetAddress server : servers) {
            assertThat(NameServers.parseAddress(server.getHostAddress())).contains(server);
        }
    }
}
