-- room: Portal/Mail

create table MailMessage (
    Id varchar(30) not null constraint PK_MailMessage primary key,
    Event varchar(120) not null,
    Recipient nvarchar(254) not null,
    AccountId varchar(30) null,
    Subject nvarchar(200) not null,
    TextBody nvarchar(max) null,
    HtmlBody nvarchar(max) null,
    IsSecret bit not null,
    AttachmentKey varchar(300) null,
    AttachmentName nvarchar(120) null,
    State varchar(10) not null constraint CK_MailMessage_State check (State in ('queued', 'sent', 'refused')),
    ErrorText nvarchar(1000) null,
    CreatedAt datetime2(3) not null,
    SentAt datetime2(3) null,
    constraint UQ_MailMessage_Event unique (Event, Recipient)
);

create index IX_MailMessage_AccountId on MailMessage (AccountId, CreatedAt);
create index IX_MailMessage_CreatedAt on MailMessage (CreatedAt);
