namespace Provisioning.Hypervisors;

/// <summary>What a hypervisor's trouble means for whoever asked.</summary>
internal enum HypervisorTrouble
{
    /// <summary>It will never be done as asked: unknown image, wrong setting, quota. Trying again changes nothing.</summary>
    Refused,

    /// <summary>The object is not there.</summary>
    Absent,

    /// <summary>Another operation holds the object: try again soon.</summary>
    Busy,

    /// <summary>It is already as it was asked to be.</summary>
    AsWished,

    /// <summary>The hypervisor cannot do it now (unreachable, not trusting us, pool full, anything unknown): try again later.</summary>
    Broken,
}

/// <summary>The hypervisor could not or would not do what was asked.</summary>
internal sealed class HypervisorException(HypervisorTrouble trouble, string code, string text, Exception? inner = null)
    : Exception(text, inner)
{
    /// <summary>What it means.</summary>
    public HypervisorTrouble Trouble { get; } = trouble;

    /// <summary>The stable code, <c>provisioning.hypervisors.…</c>.</summary>
    public string Code { get; } = code;

    /// <summary>
    /// Reads the hypervisor's words. Its status classes say nothing: configuration and quota errors are HTTP 500, "exists already" is
    /// a failed operation with code 400. Only what is known to be final is final.
    /// </summary>
    internal static HypervisorException From(int status, string text)
    {
        foreach (var (words, trouble, code) in Known)
            if (text.Contains(words, StringComparison.OrdinalIgnoreCase)) return new(trouble, $"provisioning.hypervisors.{code}", text);
        return status switch
        {
            403 => new(
                HypervisorTrouble.Broken,
                "provisioning.hypervisors.not_trusted",
                $"The hypervisor does not trust our certificate; add it to its trust store. It says: {text}"),
            404 => new(HypervisorTrouble.Absent, "provisioning.hypervisors.absent", text),
            _ => new(HypervisorTrouble.Broken, "provisioning.hypervisors.failed", text),
        };
    }

    private static readonly (string Words, HypervisorTrouble Trouble, string Code)[] Known =
    [
        ("Image alias not found", HypervisorTrouble.Refused, "image_not_found"),
        ("Image not provided for instance creation", HypervisorTrouble.Refused, "image_not_found"),
        ("instance is already running", HypervisorTrouble.AsWished, "already_running"),
        ("instance is already stopped", HypervisorTrouble.AsWished, "already_stopped"),
        ("Instance not found", HypervisorTrouble.Absent, "absent"),
        ("is busy running", HypervisorTrouble.Busy, "busy"),
        ("A matching non-reusable operation", HypervisorTrouble.Busy, "busy"),
        ("This \"instances\" entry already exists", HypervisorTrouble.Busy, "exists"),
        ("Instance is running", HypervisorTrouble.Busy, "running"),
        ("ETag doesn't match", HypervisorTrouble.Busy, "changed_meanwhile"),
        ("Precondition failed", HypervisorTrouble.Busy, "changed_meanwhile"),
        ("No space left on device", HypervisorTrouble.Broken, "pool_full"),
        ("Disk quota exceeded", HypervisorTrouble.Broken, "disk_full"),
        ("Reached maximum", HypervisorTrouble.Refused, "quota"),
        ("Invalid instance name", HypervisorTrouble.Refused, "bad_name"),
        ("Invalid config", HypervisorTrouble.Refused, "bad_config"),
        ("Invalid value", HypervisorTrouble.Refused, "bad_config"),
        ("Invalid devices", HypervisorTrouble.Refused, "bad_config"),
        ("Unknown configuration key", HypervisorTrouble.Refused, "bad_config"),
        ("Requested profile", HypervisorTrouble.Refused, "bad_config"),
        ("Device validation failed", HypervisorTrouble.Refused, "bad_config"),
        ("is not supported on this server", HypervisorTrouble.Refused, "not_supported"),
        ("already defined on another NIC", HypervisorTrouble.Busy, "address_in_use"),
        ("Unsupported compression", HypervisorTrouble.Refused, "not_an_archive"),
        ("unexpected end of file", HypervisorTrouble.Refused, "truncated_archive"),
        ("unexpected EOF", HypervisorTrouble.Refused, "truncated_archive"),
        // LXD loses the reason now and then; it may have been a full pool
        ("Error starting unpack", HypervisorTrouble.Broken, "unpack_failed"),
    ];
}
