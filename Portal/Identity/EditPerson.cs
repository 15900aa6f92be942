using Database;
using Portal.Audit;

namespace Portal.Identity;

/// <summary>Changes the particulars of whoever the entry tells of.</summary>
internal static class EditPerson
{
    /// <summary>What is wrong, by field; nothing when it was saved.</summary>
    public static async Task<IReadOnlyList<(string Field, string Message)>> Run(
        Db db, AuditEntry entry, string? fullName, string? jobTitle, string? mobile, DateTimeOffset now)
    {
        var name = fullName?.Trim() ?? "";
        var title = string.IsNullOrWhiteSpace(jobTitle) ? null : jobTitle.Trim();
        var number = string.IsNullOrWhiteSpace(mobile) ? null : string.Concat(mobile.Where(c => !char.IsWhiteSpace(c) && c is not ('-' or '(' or ')')));
        var wrong = new List<(string, string)>();
        if (name.Length is 0 or > 120 || name.Any(char.IsControl)) wrong.Add(("FullName", "Enter your name, at most 120 characters."));
        if (title?.Length > 80 || title?.Any(char.IsControl) == true) wrong.Add(("JobTitle", "Use at most 80 characters for the job title."));
        if (number is not null && !(number.Length is >= 8 and <= 16 && number.TrimStart('+').All(char.IsAsciiDigit)))
            wrong.Add(("Mobile", "Enter a mobile number such as +91 98765 43210."));
        if (wrong.Count > 0) return wrong;
        var id = entry.PersonId!.Value;
        await db.Write(async tx =>
        {
            if (await tx.One<Person>(Person.Sql.ById, new { Id = id }) is not { } before) return;
            var after = new { FullName = name, JobTitle = title, Mobile = number };
            await tx.Execute(Sql.Edit, new { Id = id, after.FullName, after.JobTitle, after.Mobile });
            await tx.Record(entry with { Resource = id.Value, Before = new { before.FullName, before.JobTitle, before.Mobile }, After = after }, now);
        });
        return wrong;
    }

    internal static class Sql
    {
        public const string Edit = """
            update Person
            set FullName = @FullName, JobTitle = @JobTitle, Mobile = @Mobile
            where Id = @Id
                and ClosedAt is null
            """;
    }
}
