package dev.loopgate;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.syntax.elements.GivenFieldsConjunction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** Holds the packages to the order that ARCHITECTURE.md draws. */
@TestInstance(Lifecycle.PER_CLASS)
class ArchitectureTest {

    private static final String ROOT = "dev.loopgate.";

    private final JavaClasses loopgate = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.loopgate");

    /** Each package and those it may use. */
    private static Map<String, Set<String>> order() {
        Map<String, Set<String>> order = new LinkedHashMap<>();
        order.put("model", Set.of());
        order.put("tls", Set.of("model"));
        order.put("config", Set.of("model", "tls"));
        order.put("routing", Set.of("model"));
        order.put("observe", Set.of("model"));
        order.put("net", Set.of("model", "tls", "observe"));
        order.put("http", Set.of("model", "tls", "routing", "observe", "net"));
        order.put("forward", Set.of("model", "tls", "observe", "net"));
        order.put("builtin", Set.of("model", "observe", "net", "http"));
        order.put(
                "gateway", Set.of("model", "tls", "config", "routing", "observe", "net", "http", "forward", "builtin"));
        order.put(
                "admin",
                Set.of("model", "config", "routing", "observe", "net", "http", "forward", "builtin", "gateway"));
        order.put("diagnose", Set.of("model", "tls", "config", "routing", "net"));
        order.put("doctor", Set.of("model", "tls", "config", "routing", "net", "diagnose"));
        order.put("devserver", Set.of("model", "config", "net", "diagnose"));
        order.put("lan", Set.of("model", "tls", "net", "http"));
        order.put("explain", Set.of("model", "config", "routing", "net", "http", "builtin", "diagnose"));
        order.put("machine", Set.of("model", "config", "routing", "net", "diagnose"));
        order.put(
                "cli",
                Set.of(
                        "model",
                        "tls",
                        "config",
                        "routing",
                        "observe",
                        "net",
                        "http",
                        "forward",
                        "builtin",
                        "gateway",
                        "admin",
                        "diagnose",
                        "doctor",
                        "lan",
                        "devserver",
                        "explain",
                        "machine"));
        return order;
    }

    @Test
    void each_package_uses_only_those_above_it() {
        order().forEach((name, allowed) -> {
            String[] forbidden = order().keySet().stream()
                    .filter(other -> !other.equals(name) && !allowed.contains(other))
                    .map(other -> ROOT + other + "..")
                    .toArray(String[]::new);
            if (forbidden.length > 0) {
                noClasses()
                        .that()
                        .resideInAPackage(ROOT + name + "..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage(forbidden)
                        .allowEmptyShould(true)
                        .check(loopgate);
            }
        });
    }

    @Test
    void every_package_has_its_place_in_the_order() {
        List<String> unknown = new ArrayList<>();
        for (JavaClass type : loopgate) {
            String[] parts = type.getPackageName().split("\\.", -1);
            if (parts.length != 3 || !order().containsKey(parts[2])) {
                unknown.add(type.getName());
            }
        }
        assertThat(unknown).isEmpty();
    }

    @Test
    void packages_do_not_depend_on_each_other_in_circles() {
        slices().matching("dev.loopgate.(*)..").should().beFreeOfCycles().check(loopgate);
    }

    @Test
    void libraries_stay_in_the_packages_that_are_about_them() {
        onlyIn("io.netty..", "net", "http", "forward", "builtin");
        onlyIn("org.yaml..", "config");
        onlyIn("io.vertx.config..", "gateway");
        onlyIn("io.vertx.ext.web..", "builtin", "admin");
        onlyIn("picocli..", "cli");
        onlyIn("org.bouncycastle..", "tls");
        onlyIn("oshi..", "diagnose");
        onlyIn("com.sun.jna..", "diagnose", "net");
    }

    @Test
    void model_and_routing_know_the_language_only() {
        classes()
                .that()
                .resideInAnyPackage(ROOT + "model..", ROOT + "routing..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("java..", "org.jspecify..", ROOT + "model..", ROOT + "routing..")
                .check(loopgate);
    }

    @Test
    void only_the_command_line_prints() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + "cli..")
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .orShould()
                .callMethod(System.class, "exit", int.class)
                .check(loopgate);
    }

    @Test
    void nothing_static_can_change() {
        GivenFieldsConjunction statics = fields().that().areStatic();
        statics.should().beFinal().check(loopgate);
        List<Class<?>> changing = Arrays.asList(
                AtomicBoolean.class,
                AtomicInteger.class,
                AtomicLong.class,
                AtomicReference.class,
                StringBuilder.class,
                java.util.HashMap.class,
                java.util.ArrayList.class,
                java.util.concurrent.ConcurrentMap.class);
        for (Class<?> type : changing) {
            fields().that().areStatic().should().notHaveRawType(type).check(loopgate);
        }
        assertThat(loopgate.stream()
                        .filter(type -> type.getModifiers().contains(JavaModifier.PUBLIC)
                                && type.getSimpleName().matches(".*(Util|Utils|Helper|Manager|Impl)|Abstract.*"))
                        .map(JavaClass::getName))
                .isEmpty();
    }

    private void onlyIn(String library, String... rooms) {
        noClasses()
                .that()
                .resideOutsideOfPackages(
                        Arrays.stream(rooms).map(room -> ROOT + room + "..").toArray(String[]::new))
                .should()
                .dependOnClassesThat()
                .resideInAPackage(library)
                .check(loopgate);
    }
}
