using System.Security.Cryptography;
using System.Text.Json;

namespace Billing.Payments.Sandbox;

internal sealed record SandboxOrder
{
    public required string Id { get; init; }
    public required long Amount { get; init; }
    public required string Currency { get; init; }
    public string? Receipt { get; init; }
    public Dictionary<string, string> Notes { get; init; } = [];
    public long AmountPaid { get; init; }
    public string Status { get; init; } = "created";
    public int Attempts { get; init; }
    public bool AutoCapture { get; init; } = true;
    public required long CreatedAt { get; init; }
}

internal sealed record SandboxPayment
{
    public required string Id { get; init; }
    public required string OrderId { get; init; }
    public required long Amount { get; init; }
    public required string Currency { get; init; }
    public required string Method { get; init; }
    public required string Status { get; init; }
    public bool Captured { get; init; }
    public long AmountRefunded { get; init; }
    public long? Fee { get; init; }
    public long? Tax { get; init; }
    public string? ErrorReason { get; init; }
    public Dictionary<string, string> Notes { get; init; } = [];
    public required long CreatedAt { get; init; }
}

internal sealed record SandboxRefund
{
    public required string Id { get; init; }
    public required string PaymentId { get; init; }
    public required long Amount { get; init; }
    public required string Currency { get; init; }
    public required string Status { get; init; }
    public string? Receipt { get; init; }
    public string? Key { get; init; }
    public Dictionary<string, string> Notes { get; init; } = [];
    public required long CreatedAt { get; init; }
}

internal sealed record SandboxEvent
{
    public required string Id { get; init; }
    public required string Event { get; init; }
    public required string Body { get; init; }
    public int Sent { get; init; }
    public int Tries { get; init; }
    public bool Lost { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>Everything the sandbox knows, behind one lock; written to the state file after each change.</summary>
internal sealed class SandboxBook
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private readonly Lock gate = new();
    private readonly string? file;
    private readonly Pages pages;

    public SandboxBook(SandboxOptions options)
    {
        file = options.StateFile is { Length: > 0 } path ? Path.GetFullPath(path) : null;
        pages = file is not null && File.Exists(file) ? JsonSerializer.Deserialize<Pages>(File.ReadAllBytes(file))! : new Pages();
    }

    /// <summary>Prefix and 14 alphanumerics, case-sensitive.</summary>
    internal static string NewId(string prefix) => $"{prefix}_{RandomNumberGenerator.GetString(Alphabet, 14)}";

    internal T Read<T>(Func<Pages, T> body)
    {
        lock (gate) return body(pages);
    }

    internal T Change<T>(Func<Pages, T> body)
    {
        lock (gate)
        {
            var result = body(pages);
            Save();
            return result;
        }
    }

    /// <summary>Takes one from a counting knob; false when it is used up.</summary>
    internal bool Take(Func<Knobs, int> count, Func<Knobs, int, Knobs> with) => Change(book =>
    {
        var left = count(book.Knobs);
        if (left > 0) book.Knobs = with(book.Knobs, left - 1);
        return left != 0;
    });

    private void Save()
    {
        if (file is null) return;
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllBytes(file + ".new", JsonSerializer.SerializeToUtf8Bytes(pages));
        File.Move(file + ".new", file, overwrite: true);
    }

    internal sealed class Pages
    {
        public Dictionary<string, SandboxOrder> Orders { get; init; } = new(StringComparer.Ordinal);
        public Dictionary<string, SandboxPayment> Payments { get; init; } = new(StringComparer.Ordinal);
        public Dictionary<string, SandboxRefund> Refunds { get; init; } = new(StringComparer.Ordinal);
        public Dictionary<string, SandboxEvent> Events { get; init; } = new(StringComparer.Ordinal);
        public Knobs Knobs { get; set; } = new();
    }
}
