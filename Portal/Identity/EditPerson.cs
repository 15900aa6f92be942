using Database;

namespace Portal.Identity;

/// <summary>Changes somebody's own particulars.</summary>
internal static class EditPerson
{
    /// <summary>What is wrong, by field; nothing when it was saved.</summary>
    public static async Task<IReadOnlyList<(string Field, string Message)>> Run(Db db, PersonId id, string? fullName, string? jobTitle, string? mobile)
    {
        var name = fullName?.Trim() ?? "";
        var title = string.IsNullOrWhiteSpace(jobTitle) ? null : jobTitle.Trim();
        var number = string.IsNullOrWhiteSpace(mobile) ? null : string.Concat(mobile.Where(c => !char.IsWhiteSpace(c) && c is not ('-' or '(' or ')')));
        var wrong = new List<(string, string)>();
        if (name.Length is 0 or > 120 || name.Any(char.IsControl)) wrong.Add(("FullName", "Enter your name, at most 120 characters."));
        if (title?.Length > 80 || title?.Any(char.IsControl) == true) wrong.Add(("JobTitle", "Use at most 80 characters for the job title."));
        if (number is not null && !(number.Length is >= 8 and <= 16 && number.TrimStart('+').All(char.IsAsciiDigit)))
            wrong.Add(("Mobile", "Enter a mobile number such as +91 98765 43210."));
        if (wrong.Count == 0) await db.Write(tx => tx.Execute(Sql.Edit, new { Id = id, FullName = name, JobTitle = title, Mobile = number }));
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
