package org.decoymx;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.decoymx.smtp.protocol.SessionFacts;
import org.decoymx.smtp.protocol.Trait;
import org.decoymx.smtp.protocol.Verb;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Checks which package may import which: data flows in one direction. */
class ArchitectureTest {
    private static final String ROOT = "org.decoymx";
    private static final String ADMIN = "admin";
    private static final String SUPPORT = "support";

    /** The packages that each package may import. In addition, admin may import all, and all may import support. */
    private static final Map<String, Set<String>> MAY_IMPORT = Map.ofEntries(
            Map.entry("support", Set.of()),
            Map.entry("net", Set.of()),
            Map.entry("dns", Set.of("net")),
            Map.entry("smtp.protocol", Set.of()),
            Map.entry("smtp.server", Set.of("net", "smtp.protocol", "sighting")),
            Map.entry("sighting", Set.of("net", "smtp.protocol")),
            Map.entry("store", Set.of("net", "policy")),
            Map.entry("ledger", Set.of("net", "policy", "sighting", "store")),
            Map.entry("primary", Set.of("dns", "net", "policy", "sighting", "store")),
            Map.entry("policy", Set.of("net", "sighting")),
            Map.entry("exemption", Set.of("dns", "net", "policy", "sighting", "store")),
            Map.entry("blocklist", Set.of("ledger", "net", "policy")),
            Map.entry("feed", Set.of("blocklist", "net")),
            Map.entry("dnsbl", Set.of("blocklist", "net")),
            Map.entry("postfix", Set.of("blocklist", "net", "policy", "primary", "sighting")),
            Map.entry("exchange", Set.of("exemption", "ledger", "net", "policy", "primary", "sighting", "store")));

    /** The packages of Quarkus and Vert.x with public API that the code uses. */
    private static final String[] PUBLIC_API = {
        "io.quarkus.arc",
        "io.quarkus.logging",
        "io.quarkus.qute",
        "io.quarkus.runtime",
        "io.quarkus.runtime.annotations",
        "io.quarkus.runtime.configuration",
        "io.quarkus.runtime.util",
        "io.quarkus.scheduler",
        "io.quarkus.security",
        "io.quarkus.security.credential",
        "io.quarkus.security.identity",
        "io.quarkus.security.identity.request",
        "io.quarkus.security.runtime",
        "io.quarkus.tls",
        "io.quarkus.vertx",
        "io.quarkus.vertx.http",
        "io.quarkus.vertx.http.runtime.filters",
        "io.quarkus.vertx.http.runtime.security",
        "io.quarkus.vertx.http.security",
        "io.vertx.core",
        "io.vertx.core.buffer",
        "io.vertx.core.datagram",
        "io.vertx.core.eventbus",
        "io.vertx.core.http",
        "io.vertx.core.json",
        "io.vertx.core.net",
        "io.vertx.core.parsetools",
        "io.vertx.core.streams",
        "io.vertx.ext.web"
    };

    /** Classes that still use internal packages of Quarkus or Vert.x. */
    private static final Set<String> INTERNAL_API_USERS = Set.of(
            "org.decoymx.admin.LargeBodyFilter", // RouteConstants: where a filter stands among those of Quarkus
            "org.decoymx.net.VertxInternals");

    private static final Set<String> LEAVES = Set.of("smtp.server", "feed", "dnsbl", "postfix", "exchange", ADMIN);
    private static final Set<String> CLOCK_READERS =
            Set.of("now", "currentTimeMillis", "systemUTC", "systemDefaultZone", "system", "tickMillis", "tickSeconds");

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(ROOT);

    private static String in(String name) {
        return ROOT + "." + name + "..";
    }

    private static DescribedPredicate<JavaClass> anyOf(Stream<String> names) {
        String[] packages = names.map(ArchitectureTest::in).toArray(String[]::new);
        return JavaClass.Predicates.resideInAnyPackage(packages);
    }

    @TestFactory
    Stream<DynamicTest> package_imports_onlyAllowedPackages() {
        return MAY_IMPORT.entrySet().stream()
                .map(entry ->
                        DynamicTest.dynamicTest(entry.getKey(), () -> assertImports(entry.getKey(), entry.getValue())));
    }

    private static void assertImports(String name, Set<String> allowed) {
        DescribedPredicate<JavaClass> ownClasses = resideInAPackage(ROOT + "..");
        DescribedPredicate<JavaClass> allowedClasses = anyOf(Stream.concat(Stream.of(name, SUPPORT), allowed.stream()));
        DescribedPredicate<JavaClass> sharedTypes = name.equals("smtp.protocol")
                ? DescribedPredicate.alwaysFalse()
                : assignableTo(Trait.class).or(assignableTo(Verb.class)).or(assignableTo(SessionFacts.class));
        noClasses()
                .that()
                .resideInAPackage(in(name))
                .should()
                .dependOnClassesThat(ownClasses.and(DescribedPredicate.not(allowedClasses.or(sharedTypes))))
                .allowEmptyShould(true)
                .check(CLASSES);
    }

    @Test
    void package_existing_isInTheTable() {
        Set<String> found = CLASSES.stream()
                .map(JavaClass::getPackageName)
                .filter(name -> name.startsWith(ROOT + "."))
                .map(name -> name.substring(ROOT.length() + 1))
                .collect(Collectors.toSet());
        found.removeIf(name -> name.equals(ADMIN) || name.startsWith(ADMIN + "."));
        assertThat(MAY_IMPORT.keySet()).containsAll(found);
        assertThat(found).contains("smtp.protocol", "smtp.server", "ledger", "policy");
    }

    @TestFactory
    Stream<DynamicTest> leafPackage_isImported_byAdminOnly() {
        return LEAVES.stream()
                .map(leaf -> DynamicTest.dynamicTest(leaf, () -> noClasses()
                        .that()
                        .resideOutsideOfPackages(in(leaf), in(ADMIN))
                        .and()
                        .doNotHaveFullyQualifiedName(ConfigMappings.class.getName())
                        .should()
                        .dependOnClassesThat(resideInAPackage(in(leaf)))
                        .check(CLASSES)));
    }

    @Test
    void simpleTypeName_standsForOneType() {
        Map<String, List<String>> namesBySimpleName = CLASSES.stream()
                .filter(type ->
                        !type.getSimpleName().isEmpty() && !type.getName().contains("package-info"))
                .collect(Collectors.groupingBy(
                        JavaClass::getSimpleName, Collectors.mapping(JavaClass::getName, Collectors.toList())));
        assertThat(namesBySimpleName.values()).hasSizeGreaterThan(200).allMatch(names -> names.size() == 1);
    }

    @Test
    void smtpProtocol_dependsOn_javaAndItselfOnly() {
        classes()
                .that()
                .resideInAPackage(in("smtp.protocol"))
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("java..", "org.jspecify..", in("smtp.protocol"))
                .check(CLASSES);
    }

    @Test
    void policy_decides_withoutIo() {
        noClasses()
                .that()
                .resideInAPackage(in("policy"))
                .and()
                .haveSimpleNameNotStartingWith("PolicyProducer")
                .and(describe("are not configuration", c -> !c.getName().contains(".PolicyConfig")))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.quarkus..", "io.vertx..", "io.smallrye..", "jakarta..", "java.sql..", "javax.sql..")
                .check(CLASSES);
    }

    @Test
    void code_usesQuarkusAndVertx_byPublicApiOnly() {
        noClasses()
                .that(describe("are not excepted", c -> INTERNAL_API_USERS.stream()
                        .noneMatch(name -> c.getName().startsWith(name))))
                .should()
                .dependOnClassesThat(JavaClass.Predicates.resideInAnyPackage("io.quarkus..", "io.vertx..")
                        .and(DescribedPredicate.not(JavaClass.Predicates.resideInAnyPackage(PUBLIC_API))))
                .check(CLASSES);
    }

    @Test
    void code_readsTheTime_onlyFromTheClock() {
        DescribedPredicate<AccessTarget> readsTheTime = describe(
                "read the system's time",
                target -> CLOCK_READERS.contains(target.getName())
                        && (target.getOwner().getPackageName().equals("java.time")
                                || target.getOwner().isEquivalentTo(System.class)));
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName(ClockProducer.class.getName())
                .should()
                .accessTargetWhere(describe("read the time", access -> readsTheTime.test(access.getTarget())))
                .orShould()
                .callConstructor(java.util.Date.class)
                .check(CLASSES);
        assertThat(ClockProducer.clock()).isInstanceOf(Clock.class);
    }
}
