package org.decoymx.dns;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
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
    }
}
