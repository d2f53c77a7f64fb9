package org.decoymx.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import java.lang.reflect.Parameter;
import java.util.Arrays;
import java.util.List;
import org.decoymx.dnsbl.DnsblLifecycle;
import org.decoymx.ledger.Collector;
import org.decoymx.postfix.PostfixLifecycle;
import org.decoymx.smtp.server.SmtpServer;
import org.junit.jupiter.api.Test;

/** In which order the exchange is started; an observer with a lower priority is called first. */
class ExchangeServiceTest {

    private static int priority(Class<?> bean, String method) {
        List<Parameter> events = Arrays.stream(bean.getDeclaredMethods())
                .filter(each -> each.getName().equals(method))
                .map(each -> each.getParameters()[0])
                .filter(each -> each.getType() == StartupEvent.class && each.isAnnotationPresent(Observes.class))
                .toList();
        assertThat(events).as("%s of %s", method, bean).hasSize(1);
        return events.get(0).getAnnotation(Priority.class).value();
    }

    /** Else what is reported first would be taken for all that is reported anywhere. */
    @Test
    void sharingStarts_beforeAnythingIsReportedOrJudged() {
        int sharing = priority(ExchangeService.class, "startSharing");
        assertThat(sharing).isLessThan(priority(Collector.class, "start"));
        assertThat(sharing).isLessThan(priority(PostfixLifecycle.class, "start"));
    }

    /** All that it shares is there by then; the ledger has the name of this node. */
    @Test
    void exchangeStarts_afterTheLedger_andAllPorts() {
        int start = priority(ExchangeService.class, "start");
        assertThat(start).isGreaterThan(priority(Collector.class, "start"));
        for (Class<?> port : List.of(SmtpServer.class, PostfixLifecycle.class, DnsblLifecycle.class)) {
            assertThat(start).isGreaterThan(priority(port, "start"));
        }
    }
}
