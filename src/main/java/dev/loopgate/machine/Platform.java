package dev.loopgate.machine;

import java.util.List;
import java.util.Locale;

/** What kind of system this is, as far as places and words differ. */
public enum Platform {
    LINUX,
    MACOS,
    WINDOWS;

    public static Platform current() {
        return named(System.getProperty("os.name", ""));
    }

    /** @param system as Java calls it; what is neither macOS nor Windows is taken for Linux */
    static Platform named(String system) {
        String lower = system.toLowerCase(Locale.ROOT);
        if (lower.contains("windows")) {
            return WINDOWS;
        }
        return lower.contains("mac") ? MACOS : LINUX;
    }

    /** Commands after which programs see a changed hosts file, should they not by themselves; may be empty. */
    public List<String> afterHostsChange() {
        return switch (this) {
            case LINUX -> List.of();
            case MACOS -> List.of("sudo dscacheutil -flushcache; sudo killall -HUP mDNSResponder");
            case WINDOWS -> List.of("ipconfig /flushdns");
        };
    }
}
