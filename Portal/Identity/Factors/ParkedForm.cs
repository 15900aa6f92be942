using System.Text.Json;
using Database;
using Microsoft.AspNetCore.DataProtection;
using Portal.Identity.Sessions;

namespace Portal.Identity.Factors;

/// <summary>
/// A form that was sent before its sender had shown once more who they are: kept sealed for a few minutes, for the same session, until it
/// is sent again by a button that says what it does.
/// </summary>
internal sealed record ParkedForm(string Path, string Words, IReadOnlyList<KeyValuePair<string, string>> Fields)
{
    private const int LargestForm = 64 * 1024;
    private static readonly TimeSpan Length = TimeSpan.FromMinutes(15);

    /// <summary>Where to find it again; null for a form too large to keep or with files in it.</summary>
    public static async Task<string?> Park(HttpContext context, string words, Db db, IDataProtectionProvider protection, DateTimeOffset now)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        if (form.Files.Count > 0) return null;
        // the antiforgery token is the page's, and the form gets a new one
        var fields = form.Where(field => field.Key != "__RequestVerificationToken")
            .SelectMany(field => field.Value.Select(value => KeyValuePair.Create(field.Key, value ?? ""))).ToList();
        var text = JsonSerializer.Serialize(new ParkedForm(context.Request.Path + context.Request.QueryString, words, fields));
        if (text.Length > LargestForm) return null;
        var token = Secrets.New();
        await db.Write(async tx =>
        {
            await tx.Execute(Sql.Forget, new { Now = now });
            await tx.Execute(Sql.Add, new
            {
                TokenHash = Secrets.Hash(token),
                context.SignedIn().SessionId,
                ProtectedForm = Protector(protection).Protect(text),
                Now = now,
                ExpiresAt = now + Length,
            });
        });
        return token;
    }

    public static async Task<ParkedForm?> Find(Db db, IDataProtectionProvider protection, SessionId session, string token, DateTimeOffset now) =>
        await db.One<string>(Sql.Find, new { TokenHash = Secrets.Hash(token), SessionId = session, Now = now }) is { } text
            ? JsonSerializer.Deserialize<ParkedForm>(Protector(protection).Unprotect(text))
            : null;

    private static IDataProtector Protector(IDataProtectionProvider protection) => protection.CreateProtector("Portal.Identity.Factors.ParkedForm");

    internal static class Sql
    {
        public const string Add = """
            insert into ParkedForm (TokenHash, SessionId, ProtectedForm, CreatedAt, ExpiresAt)
            values (@TokenHash, @SessionId, @ProtectedForm, @Now, @ExpiresAt)
            """;

        public const string Find = """
            select ProtectedForm
            from ParkedForm
            where TokenHash = @TokenHash
                and SessionId = @SessionId
                and ExpiresAt > @Now
            """;

        public const string Forget = "delete from ParkedForm where ExpiresAt < @Now";
    }
}
