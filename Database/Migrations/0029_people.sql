-- room: Portal/Accounts

create table PostalAddress (
    PersonId varchar(30) not null constraint PK_PostalAddress primary key
        constraint FK_PostalAddress_Person references Person (Id),
    Line1 nvarchar(120) not null,
    Line2 nvarchar(120) null,
    City nvarchar(60) not null,
    PostCode nvarchar(12) not null,
    Country nvarchar(60) not null,
    SavedAt datetime2(3) not null
);

create table Invitation (
    Id varchar(30) not null constraint PK_Invitation primary key,
    AccountId varchar(30) not null constraint FK_Invitation_Account references Account (Id),
    Email nvarchar(254) not null,
    EmailLower nvarchar(254) not null,
    TokenHash varchar(64) not null constraint UQ_Invitation_TokenHash unique,
    RoleCode varchar(30) not null,
    ScopeKind varchar(10) not null,
    ScopeId nvarchar(60) not null,
    Mode varchar(10) not null,
    AccessEndsAt datetime2(3) null,
    SpendLimitPaise bigint null,
    Note nvarchar(400) null,
    Sent int not null,
    InvitedAt datetime2(3) not null,
    InvitedBy varchar(30) not null constraint FK_Invitation_Person references Person (Id),
    ExpiresAt datetime2(3) not null,
    AcceptedAt datetime2(3) null,
    AcceptedBy varchar(30) null,
    WithdrawnAt datetime2(3) null
);

create index IX_Invitation_Account on Invitation (AccountId, InvitedAt);

create index IX_Invitation_EmailLower on Invitation (EmailLower, InvitedAt);
